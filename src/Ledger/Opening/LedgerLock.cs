using System.Globalization;
using System.Text;

namespace ProviderAgent.Ledger;

/// <summary>The exclusive lock on a ledger, an advisory lock of the kernel: it ends with the process however that ends.</summary>
internal sealed class LedgerLock : IDisposable
{
    // EWOULDBLOCK of Linux, by which the runtime reports that flock(2) is held by somebody else.
    private const int WouldBlock = 11;

    private readonly FileStream _file;

    private LedgerLock(FileStream file) => _file = file;

    /// <exception cref="LedgerLockedException">Somebody else holds it.</exception>
    /// <exception cref="LedgerUnavailableException">The lock file cannot be made.</exception>
    /// <exception cref="LedgerRefusedException">The file system does not keep locks.</exception>
    public static LedgerLock Take(LedgerFiles files)
    {
        FileStream? file = null;
        try
        {
            file = LedgerFiles.Open(files.Lock, FileShare.None);
            RequireRealLock(files);
            WriteHolder(files.Holder);
            return new(file);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new LedgerLockedException(files.Directory, ReadHolder(files.Holder));
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (e is LedgerException) throw;
            throw new LedgerUnavailableException($"{files.Lock} cannot be made ({e.Message}); check the folder's owner and its disk", true, e);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Some network file systems accept locks and ignore them: a second taker must be refused, else two daemons could write.</summary>
    private static void RequireRealLock(LedgerFiles files)
    {
        try
        {
            LedgerFiles.Open(files.Lock, FileShare.None).Dispose();
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return;
        }

        throw new LedgerRefusedException($"file locks do not work in {files.Directory}; put the state directory on a local file system");
    }

    // The holder's pid has a file of its own: the runtime would take a shared lock to read the locked one.
    private static void WriteHolder(string path)
    {
        using var file = LedgerFiles.Open(path);
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
    }

    private static int? ReadHolder(string path)
    {
        try
        {
            using var file = LedgerFiles.Open(path);
            Span<byte> text = stackalloc byte[16];
            var length = file.Read(text);
            return int.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
