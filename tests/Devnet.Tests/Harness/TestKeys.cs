using System.Security.Cryptography;
using System.Text;
using ProviderAgent.Chain.Keys;

namespace ProviderAgent.Devnet.Tests.Harness;

/// <summary>Keys by name: the same name is the same account in every test.</summary>
internal static class TestKeys
{
    public static ChainKey Of(string name) => ChainKey.FromBytes(SHA256.HashData(Encoding.UTF8.GetBytes($"test key {name}")));
}
