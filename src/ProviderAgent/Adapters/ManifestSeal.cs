using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Adapters;

/// <summary>Encrypts manifests before they are stored: they hold tenants' registry passwords and environment.</summary>
/// <remarks>
/// The key is a file of its own beside the ledger, readable by the daemon only. So a copy of the ledger (a backup, a support bundle, a disk that is sold
/// with deleted pages on it) tells nothing; whoever has the whole state directory can read them, as the daemon can.
/// </remarks>
internal sealed class ManifestSeal(IOptions<StateOptions> state) : IDisposable
{
    private const string KeyFile = "manifests.key";
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly Lock _gate = new();
    private AesGcm? _cipher;

    private static ReadOnlySpan<byte> Mark => "pm1:"u8;

    /// <summary>Makes a manifest unreadable for everybody without the key, and unusable for any other lease.</summary>
    public byte[] Seal(LeaseId lease, ManifestHash hash, ReadOnlySpan<byte> manifest)
    {
        var stored = new byte[Mark.Length + NonceBytes + TagBytes + manifest.Length];
        Mark.CopyTo(stored);
        var nonce = stored.AsSpan(Mark.Length, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        lock (_gate)
        {
            Cipher().Encrypt(nonce, manifest, stored.AsSpan(Mark.Length + NonceBytes + TagBytes), stored.AsSpan(Mark.Length + NonceBytes, TagBytes), Context(lease, hash));
        }

        return stored;
    }

    /// <summary>The manifest; null when the key is another one, or the bytes are not what was sealed for this lease.</summary>
    public byte[]? Open(LeaseId lease, ManifestHash hash, ReadOnlySpan<byte> stored)
    {
        if (stored.Length < Mark.Length + NonceBytes + TagBytes || !stored.StartsWith(Mark)) return null;
        var manifest = new byte[stored.Length - Mark.Length - NonceBytes - TagBytes];
        try
        {
            lock (_gate)
            {
                Cipher().Decrypt(
                    stored.Slice(Mark.Length, NonceBytes), stored[(Mark.Length + NonceBytes + TagBytes)..], stored.Slice(Mark.Length + NonceBytes, TagBytes), manifest, Context(lease, hash));
            }

            return manifest;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public void Dispose() => _cipher?.Dispose();

    private static byte[] Context(LeaseId lease, ManifestHash hash) => Encoding.UTF8.GetBytes($"{lease} {hash.Hex}");

    private AesGcm Cipher()
    {
        if (_cipher is not null) return _cipher;
        Directory.CreateDirectory(state.Value.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(state.Value.Directory, KeyFile);
        if (!File.Exists(path))
        {
            // Whole or not at all: half a key would lock out every manifest that is sealed with it.
            var draft = path + ".new";
            using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
        }

        var key = File.ReadAllBytes(path);
        if (key.Length != KeyBytes) throw new InvalidDataException($"{path} is not a key of {KeyBytes} bytes: restore it from the backup, or remove it, and tenants have to send their manifests again");
        try
        {
            return _cipher = new AesGcm(key, TagBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
