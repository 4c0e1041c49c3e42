using System.Security.Cryptography;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Hosting;

/// <summary>Keys of the accounts that a chain funded: from its home, or made for one run.</summary>
internal sealed class DevnetKeys : IDisposable
{
    private readonly Dictionary<string, ChainKey> _keys = new(StringComparer.Ordinal);

    /// <summary>Makes a key that nobody keeps.</summary>
    public AccountAddress Make(string name)
    {
        Span<byte> secret = stackalloc byte[32];
        RandomNumberGenerator.Fill(secret);
        _keys[name] = ChainKey.FromBytes(secret);
        CryptographicOperations.ZeroMemory(secret);
        return _keys[name].Address;
    }

    /// <summary>Reads a key of a home; a file that is not there is no key.</summary>
    /// <exception cref="KeyException">The file is there but cannot be used.</exception>
    public void Load(string name, string path)
    {
        if (File.Exists(path)) _keys[name] = KeyFile.Load(path);
    }

    /// <exception cref="KeyNotFoundException">This chain has no key of that name.</exception>
    public ChainKey this[string name] =>
        _keys.TryGetValue(name, out var key) ? key : throw new KeyNotFoundException($"this chain has no key of the name '{name}'");

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
    }
}
