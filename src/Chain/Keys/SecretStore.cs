using System.Security.Cryptography;

namespace ProviderAgent.Chain.Keys;

/// <summary>Reads and writes small files with secrets, and sees to it that nobody else can.</summary>
internal static class SecretStore
{
    /// <summary>Largest file in bytes: an encrypted mnemonic with its header takes some 700.</summary>
    public const int MaxSize = 2048;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OtherBits = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode GroupBits = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    /// <summary>The bytes of a file that only its owner may read.</summary>
    /// <exception cref="KeyException">Missing or unreadable, open to others, or too long. The message says what to do.</exception>
    public static SecretBytes Read(SecretFile file)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("key files need the file modes of Unix");
        var (path, forbidden) = (file.Path, file.IsCredential ? OtherBits : GroupBits | OtherBits);
        try
        {
            using var handle = File.OpenHandle(path);

            // Asked of the open file, so that it cannot be exchanged in between.
            var mode = File.GetUnixFileMode(handle);
            if ((mode & forbidden) != 0)
            {
                throw new KeyException($"key file {path} can be read by other users (mode {Convert.ToString((int)mode, 8)}); run: chmod 600 {path}");
            }

            var length = RandomAccess.GetLength(handle);
            if (length > MaxSize) throw new KeyException($"key file {path} has {length} bytes, which is too long for a key");
            using var buffer = new SecretBytes(MaxSize);
            int read = 0, more;
            while (read < MaxSize && (more = RandomAccess.Read(handle, buffer.Span[read..], read)) > 0) read += more;
            return SecretBytes.CopyOf(buffer.Span[..read]);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new KeyException($"key file {path} does not exist; make one with 'provider-agent keys create' or correct the path", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new KeyException($"key file {path} cannot be read; give it to the user that runs the program (chown) with mode 0600", e);
        }
        catch (IOException e)
        {
            throw new KeyException($"key file {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>As <see cref="Read"/>, without the line ends after it.</summary>
    public static SecretBytes ReadLine(SecretFile file)
    {
        using var bytes = Read(file);
        return SecretBytes.CopyOf(bytes.Span.TrimEnd("\r\n"u8));
    }

    /// <summary>Writes a new file with mode 0600: a crash leaves either none or a whole one.</summary>
    /// <exception cref="KeyException">The file exists already (it is left as it is) or cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("key files need the file modes of Unix");
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.new";
        var drafted = false;
        try
        {
            using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly, BufferSize = 0 }))
            {
                drafted = true;
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
            drafted = false;
        }
        catch (IOException) when (System.IO.Path.Exists(path))
        {
            throw new KeyException($"{path} exists already and is not overwritten; move it away first if it is really not needed any more");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyException($"key file {path} cannot be written: {e.Message}", e);
        }
        finally
        {
            if (drafted) File.Delete(draft);
        }
    }
}
