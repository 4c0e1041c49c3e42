namespace ProviderAgent.Metering;

/// <summary>What reading a kernel file gave.</summary>
internal enum FileState
{
    Read,

    /// <summary>It is not there (any more): the process or its cgroup has ended.</summary>
    Gone,

    /// <summary>It is there but cannot be read, or is longer than any real one.</summary>
    Unreadable,
}

/// <summary>Reads small files of the kernel into one buffer, over and over.</summary>
/// <param name="maxBytes">Longer files are refused. The longest counter file is memory.stat or a net/dev with many interfaces: a few thousand bytes.</param>
internal sealed class SmallFile(int maxBytes = 64 * 1024)
{
    private readonly byte[] _buffer = new byte[maxBytes + 1];

    /// <summary>Reads the file. The text is valid until the next call.</summary>
    public FileState TryRead(string path, out ReadOnlySpan<byte> text)
    {
        text = default;
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = 0;
            while (length < _buffer.Length)
            {
                var read = RandomAccess.Read(file, _buffer.AsSpan(length), length);
                if (read == 0) break;
                length += read;
            }

            text = _buffer.AsSpan(0, length);
            return length <= maxBytes ? FileState.Read : FileState.Unreadable;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileState.Gone;
        }
        catch (IOException e)
        {
            // ENODEV: the cgroup was removed while its file was open; ESRCH: the process has ended.
            return e.HResult is 19 or 3 ? FileState.Gone : FileState.Unreadable;
        }
        catch (UnauthorizedAccessException)
        {
            return FileState.Unreadable;
        }
    }
}
