using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ProviderAgent.Chain.Keys;

/// <summary>The encrypted form of a key file: one JSON object with AES-256-GCM under a key that PBKDF2-HMAC-SHA512 makes from a password.</summary>
/// <remarks>Everything that is not encrypted is authenticated, so that nobody can weaken it unseen. What is inside is the plain form, words or digits.</remarks>
internal static class EncryptedKey
{
    /// <summary>Rounds of the derivation for new files: what OWASP asks of this function, about a fifth of a second.</summary>
    public const int Iterations = 210_000;

    /// <summary>Shortest password for a new file, in bytes.</summary>
    public const int MinPassword = 8;

    // Below it a file would be weaker than any that was written here; above it reading one would stop a start for minutes.
    private const int MinIterations = 100_000;
    private const int MaxIterations = 10_000_000;

    private const int Schema = 1;
    private const string Derivation = "pbkdf2-hmac-sha512";
    private const string Cipher = "aes-256-gcm";
    private const int SaltSize = 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int KeySize = 32;

    /// <summary>True when a key file's content is in this form, be it damaged or not.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> content) => content.TrimStart(" \t\r\n"u8).StartsWith("{"u8);

    /// <summary>Encrypts the plain form.</summary>
    /// <exception cref="KeyException">The password is too short.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> password)
    {
        if (password.Length < MinPassword) throw new KeyException($"the password must have at least {MinPassword} characters");
        var (salt, nonce) = (RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(NonceSize));
        var sealedBytes = new byte[plain.Length + TagSize];
        using (var key = Derive(password, salt, Iterations))
        using (var aes = new AesGcm(key.Span, TagSize))
        {
            aes.Encrypt(nonce, plain, sealedBytes.AsSpan(0, plain.Length), sealedBytes.AsSpan(plain.Length), Header(Iterations, salt, nonce));
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", Schema);
            json.WriteString("kdf", Derivation);
            json.WriteNumber("iterations", Iterations);
            json.WriteBase64String("salt", salt);
            json.WriteString("cipher", Cipher);
            json.WriteBase64String("nonce", nonce);
            json.WriteBase64String("data", sealedBytes);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Decrypts to the plain form.</summary>
    /// <exception cref="KeyException">Not this form, the wrong password, or somebody has changed the file.</exception>
    public static SecretBytes Open(ReadOnlyMemory<byte> content, ReadOnlySpan<byte> password)
    {
        var (iterations, salt, nonce, data) = Parse(content);
        var plain = new SecretBytes(data.Length - TagSize);
        try
        {
            using var key = Derive(password, salt, iterations);
            using var aes = new AesGcm(key.Span, TagSize);
            aes.Decrypt(nonce, data.AsSpan(0, plain.Span.Length), data.AsSpan(plain.Span.Length), plain.Span, Header(iterations, salt, nonce));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            plain.Dispose();
            throw new KeyException("the password is wrong, or the file was changed");
        }
    }

    private static (int Iterations, byte[] Salt, byte[] Nonce, byte[] Data) Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 2 });
            var root = document.RootElement;
            var (kdf, cipher) = (root.GetProperty("kdf").GetString(), root.GetProperty("cipher").GetString());
            if (root.GetProperty("schema").GetInt32() != Schema || kdf != Derivation || cipher != Cipher)
            {
                throw new KeyException($"its encryption is unknown to this version: it must have schema {Schema}, kdf {Derivation} and cipher {Cipher}");
            }

            var iterations = root.GetProperty("iterations").GetInt32();
            if (iterations is < MinIterations or > MaxIterations) throw new KeyException($"iterations must be from {MinIterations} to {MaxIterations}, was {iterations}");
            var (salt, nonce, data) = (root.GetProperty("salt").GetBytesFromBase64(), root.GetProperty("nonce").GetBytesFromBase64(), root.GetProperty("data").GetBytesFromBase64());
            if (salt.Length != SaltSize || nonce.Length != NonceSize || data.Length <= TagSize) throw new KeyException("salt, nonce or data have the wrong length; the file is damaged");
            return (iterations, salt, nonce, data);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new KeyException("it begins like an encrypted key but is not one; the file is damaged", e);
        }
    }

    private static SecretBytes Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        var key = new SecretBytes(KeySize);
        Rfc2898DeriveBytes.Pbkdf2(password, salt, key.Span, iterations, HashAlgorithmName.SHA512);
        return key;
    }

    private static byte[] Header(int iterations, byte[] salt, byte[] nonce) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{Schema}|{Derivation}|{iterations}|{Convert.ToHexStringLower(salt)}|{Cipher}|{Convert.ToHexStringLower(nonce)}"));
}
