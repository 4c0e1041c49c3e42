using System.Text;

namespace ProviderAgent.Chain.Keys;

/// <summary>Files that hold a signing key: a BIP 39 mnemonic, or a raw private key as 64 hex digits, plain or encrypted; blanks and line ends around it do not matter.</summary>
public static class KeyFile
{
    /// <summary>Reads the key of a file that only its owner may read.</summary>
    /// <param name="path">The key file.</param>
    /// <param name="passphrasePath">File with the mnemonic's passphrase, with the same rules; null for none.</param>
    /// <param name="key">Which key of a mnemonic; ignored for a raw key.</param>
    /// <param name="password">What the key file is encrypted with; null for a plain one.</param>
    /// <exception cref="KeyException">Missing or unreadable, open to others, not a key, or encrypted otherwise than was said. The message says what to do.</exception>
    public static ChainKey Load(string path, string? passphrasePath = null, KeyPath key = default, SecretFile? password = null) =>
        Load(new SecretFile(path), passphrasePath is null ? null : new SecretFile(passphrasePath), key, password);

    /// <summary>Reads the key that systemd hands over (<c>LoadCredential=</c> or <c>LoadCredentialEncrypted=</c>).</summary>
    /// <param name="name">Name of the credential.</param>
    /// <param name="directory">Where credentials lie: the value of <c>CREDENTIALS_DIRECTORY</c>; null or empty outside such a unit.</param>
    /// <param name="key">Which key of a mnemonic; ignored for a raw key.</param>
    /// <param name="password">What the key is encrypted with beside systemd's own encryption; null for none.</param>
    /// <exception cref="KeyException">There is no such credential, or it is not a key.</exception>
    public static ChainKey LoadCredential(string name, string? directory, KeyPath key = default, SecretFile? password = null) =>
        Load(SecretFile.Credential(name, directory), passphrase: null, key, password);

    /// <summary>Writes a new mnemonic of random words to a new file with mode 0600.</summary>
    /// <param name="path">The file.</param>
    /// <param name="words">12, 15, 18, 21 or 24.</param>
    /// <param name="password">What to encrypt it with; null leaves it plain.</param>
    /// <returns>The key, at the first path.</returns>
    /// <exception cref="KeyException">The file exists already (it is left as it is) or cannot be written.</exception>
    public static ChainKey Create(string path, int words = 24, SecretFile? password = null)
    {
        var mnemonic = Mnemonic.Generate(words);
        try
        {
            return Import(path, mnemonic, password: password);
        }
        finally
        {
            mnemonic.AsSpan().Clear();
        }
    }

    /// <summary>Writes a mnemonic or 64 hex digits to a new file with mode 0600, once it is certain that they are a key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Words or digits. The caller wipes them.</param>
    /// <param name="passphrasePath">File with the passphrase of the words; only for telling which key they are.</param>
    /// <param name="key">Which key of a mnemonic is returned; the file holds them all.</param>
    /// <param name="password">What to encrypt the file with; null leaves it plain.</param>
    /// <exception cref="KeyException">Not a key, the file exists already (it is left as it is), or it cannot be written.</exception>
    public static ChainKey Import(string path, ReadOnlySpan<char> content, string? passphrasePath = null, KeyPath key = default, SecretFile? password = null)
    {
        var trimmed = content.Trim();
        using var passphrase = passphrasePath is null ? new SecretBytes(0) : SecretStore.ReadLine(new(passphrasePath));
        var extra = Chars(passphrase);
        var made = Parse(trimmed, extra, key);
        try
        {
            using var bytes = new SecretBytes(trimmed.Length + 1);
            Encoding.ASCII.GetBytes(trimmed, bytes.Span);
            bytes.Span[^1] = (byte)'\n';
            using var secret = password is { } file ? SecretStore.ReadLine(file) : null;
            SecretStore.Write(path, secret is null ? bytes.Span : EncryptedKey.Seal(bytes.Span, secret.Span));
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
        finally
        {
            extra.AsSpan().Clear();
        }
    }

    /// <summary>As <see cref="Import(string, ReadOnlySpan{char}, string?, KeyPath, SecretFile?)"/>, from a stream such as standard input, which is read to its end.</summary>
    public static ChainKey Import(string path, Stream source, string? passphrasePath = null, KeyPath key = default, SecretFile? password = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var buffer = new SecretBytes(SecretStore.MaxSize + 1);
        int read = 0, more;
        while (read < buffer.Span.Length && (more = source.Read(buffer.Span[read..])) > 0) read += more;
        if (read > SecretStore.MaxSize) throw new KeyException($"more than {SecretStore.MaxSize} bytes were given, which is too long for a key");
        return ImportBytes(path, buffer.Span[..read], passphrasePath, key, password);
    }

    /// <summary>Writes the key of one file to another, new one, with another password or none.</summary>
    /// <param name="from">The present file.</param>
    /// <param name="fromPassword">What it is encrypted with; null for a plain one.</param>
    /// <param name="path">The new file.</param>
    /// <param name="passphrasePath">File with the passphrase of the words; only for telling which key they are.</param>
    /// <param name="key">Which key of a mnemonic is returned.</param>
    /// <param name="password">What to encrypt the new file with; null leaves it plain.</param>
    /// <exception cref="KeyException">As for loading and importing.</exception>
    public static ChainKey Copy(string from, SecretFile? fromPassword, string path, string? passphrasePath = null, KeyPath key = default, SecretFile? password = null)
    {
        using var plain = ReadPlain(new(from), fromPassword);
        return ImportBytes(path, plain.Span, passphrasePath, key, password);
    }

    private static ChainKey ImportBytes(string path, ReadOnlySpan<byte> content, string? passphrasePath, KeyPath key, SecretFile? password)
    {
        using var bytes = SecretBytes.CopyOf(content);
        var chars = Chars(bytes);
        try
        {
            return Import(path, chars, passphrasePath, key, password);
        }
        finally
        {
            chars.AsSpan().Clear();
        }
    }

    private static ChainKey Load(SecretFile file, SecretFile? passphrase, KeyPath key, SecretFile? password)
    {
        using var content = ReadPlain(file, password);
        using var extra = passphrase is { } of ? SecretStore.ReadLine(of) : new SecretBytes(0);
        var (words, suffix) = (Chars(content), Chars(extra));
        try
        {
            return Parse(words.AsSpan().Trim(), suffix, key);
        }
        catch (KeyException e)
        {
            throw new KeyException($"key file {file.Path}: {e.Message}", e.InnerException);
        }
        finally
        {
            words.AsSpan().Clear();
            suffix.AsSpan().Clear();
        }
    }

    /// <summary>The plain form of a key file, be it encrypted or not. That it is encrypted must be known: whoever set a password relies on it.</summary>
    private static SecretBytes ReadPlain(SecretFile file, SecretFile? password)
    {
        var content = SecretStore.Read(file);
        var isEncrypted = EncryptedKey.IsEncrypted(content.Span);
        if (!isEncrypted && password is null) return content;
        using (content)
        {
            if (!isEncrypted)
            {
                throw new KeyException($"key file {file.Path} is not encrypted, though a password is set: encrypt it with 'provider-agent keys import NEW --from {file.Path} --password-file …', or take the password out");
            }

            if (password is not { } secret) throw new KeyException($"key file {file.Path} is encrypted: set chain.key.password_file or chain.key.password_credential (or --password-file)");
            using var word = SecretStore.ReadLine(secret);
            try
            {
                return EncryptedKey.Open(content.Array, word.Span);
            }
            catch (KeyException e)
            {
                throw new KeyException($"key file {file.Path}: {e.Message}", e.InnerException);
            }
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

    private static char[] Chars(SecretBytes bytes)
    {
        var chars = GC.AllocateArray<char>(bytes.Span.Length, pinned: true);
        Encoding.Latin1.GetChars(bytes.Span, chars); // anything beyond ASCII is refused later
        return chars;
    }
}
