using System.Security.Cryptography;
using System.Text;

namespace ProviderAgent.Chain.Keys;

/// <summary>Files that hold a signing key: a BIP 39 mnemonic, or a raw private key as 64 hex digits; blanks and line ends around it do not matter.</summary>
public static class KeyFile
{
    // A mnemonic has at most 24 words of 8 letters; the rest is room for blanks and line ends.
    private const int MaxSize = 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OtherBits = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode GroupBits = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    /// <summary>Reads the key of a file that only its owner may read.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="passphrasePath">File with the mnemonic's passphrase, with the same rules; null for none.</param>
    /// <param name="key">Which key of a mnemonic; ignored for a raw key.</param>
    /// <exception cref="KeyException">Missing or unreadable, open to others, or not a key. The message says what to do.</exception>
    public static ChainKey Load(string path, string? passphrasePath = null, KeyPath key = default) =>
        Load(path, passphrasePath, key, GroupBits | OtherBits);

    /// <summary>Reads the key that systemd hands over (<c>LoadCredential=</c> or <c>LoadCredentialEncrypted=</c>).</summary>
    /// <param name="name">Name of the credential.</param>
    /// <param name="directory">Where credentials lie: the value of <c>CREDENTIALS_DIRECTORY</c>; null or empty outside such a unit.</param>
    /// <param name="key">Which key of a mnemonic; ignored for a raw key.</param>
    /// <exception cref="KeyException">There is no such credential, or it is not a key.</exception>
    public static ChainKey LoadCredential(string name, string? directory, KeyPath key = default)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('/') || name is "." or "..") throw new KeyException($"'{name}' is not the name of a credential");
        if (string.IsNullOrEmpty(directory))
        {
            throw new KeyException($"credential '{name}' is not there: the program was not started by a systemd unit with LoadCredential={name}:…");
        }

        // systemd grants the service's user access by an ACL, whose mask shows up as group bits.
        return Load(Path.Combine(directory, name), passphrasePath: null, key, OtherBits);
    }

    /// <summary>Writes a new mnemonic of 24 random words to a new file with mode 0600.</summary>
    /// <returns>The key, at the first path.</returns>
    /// <exception cref="KeyException">The file exists already (it is left as it is) or cannot be written.</exception>
    public static ChainKey Create(string path)
    {
        var words = Mnemonic.Generate();
        try
        {
            return Import(path, words);
        }
        finally
        {
            words.AsSpan().Clear();
        }
    }

    /// <summary>Writes a mnemonic or 64 hex digits to a new file with mode 0600, once it is certain that they are a key.</summary>
    /// <exception cref="KeyException">Not a key, the file exists already (it is left as it is), or it cannot be written.</exception>
    public static ChainKey Import(string path, ReadOnlySpan<char> content)
    {
        var trimmed = content.Trim();
        var key = Parse(trimmed, passphrase: default, default);
        try
        {
            using var bytes = new SecretBytes(trimmed.Length + 1);
            Encoding.ASCII.GetBytes(trimmed, bytes.Span);
            bytes.Span[^1] = (byte)'\n';
            Write(path, bytes);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static ChainKey Load(string path, string? passphrasePath, KeyPath key, UnixFileMode forbidden)
    {
        using var content = Read(path, forbidden);
        using var passphrase = passphrasePath is null ? new SecretBytes(0) : Read(passphrasePath, forbidden);
        var (words, extra) = (Chars(content), Chars(passphrase));
        try
        {
            return Parse(words.AsSpan().Trim(), extra.AsSpan().TrimEnd("\r\n"), key);
        }
        catch (KeyException e)
        {
            throw new KeyException($"key file {path}: {e.Message}", e.InnerException);
        }
        finally
        {
            words.AsSpan().Clear();
            extra.AsSpan().Clear();
        }
    }

    private static ChainKey Parse(ReadOnlySpan<char> content, ReadOnlySpan<char> passphrase, KeyPath path)
    {
        if (content.IsEmpty) throw new KeyException("the file is empty; it must hold a mnemonic or 64 hex digits");
        if (content.Length != 2 * Secp256k1.ScalarSize || !IsHex(content))
        {
            return ChainKey.FromMnemonic(content, passphrase, path.Account, path.Index);
        }

        using var raw = new SecretBytes(Secp256k1.ScalarSize);
        Convert.FromHexString(content, raw.Span, out _, out _);
        return ChainKey.FromBytes(raw.Span);
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }

        return true;
    }

    private static SecretBytes Read(string path, UnixFileMode forbidden)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("key files need the file modes of Unix");
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

    private static void Write(string path, SecretBytes content)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("key files need the file modes of Unix");
        // Complete under another name first: a crash leaves either no key file or a whole one.
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.new";
        var drafted = false;
        try
        {
            using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly, BufferSize = 0 }))
            {
                drafted = true;
                file.Write(content.Span);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
            drafted = false;
        }
        catch (IOException) when (Path.Exists(path))
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

    private static char[] Chars(SecretBytes bytes)
    {
        var chars = GC.AllocateArray<char>(bytes.Span.Length, pinned: true);
        Encoding.Latin1.GetChars(bytes.Span, chars); // anything beyond ASCII is refused later
        return chars;
    }
}
