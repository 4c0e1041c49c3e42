using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ProviderAgent.Ledger.Tests;

/// <summary>Values for tests.</summary>
internal static class Sample
{
    public static DateTimeOffset Epoch { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Denom UactDenom { get; } = Denom.Parse("uact");

    public static Coin Uact(long amount) => new(amount, UactDenom);

    public static Coin Uakt(long amount) => new(amount, Denom.Parse("uakt"));

    public static OrderId Order(ulong dseq) => new(AccountAddress.Parse("akash1tenant"), dseq, 1, 1);

    public static LeaseId Lease(ulong dseq) => new(Order(dseq), AccountAddress.Parse("akash1provider"));

    public static string Text(int run, int number) => string.Create(CultureInfo.InvariantCulture, $"run-{run}-{number}");

    public static ManifestHash Hash(int number) =>
        ManifestHash.Parse(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)))));

    public static UsageSource Source(string container, ulong lease = 1, string service = "web", int replica = 0) =>
        new(Lease(lease), service, replica, container, Epoch);

    /// <summary>The n-th interval of 10 s of a container: one CPU second, 100 bytes of memory, 3 bytes in, 5 out.</summary>
    public static UsageInterval Interval(string container, long n, ulong lease = 1, string service = "web", int replica = 0) => new(
        Source(container, lease, service, replica),
        Epoch.AddSeconds(10 * (n - 1)),
        Epoch.AddSeconds(10 * n),
        new(1_000_000_000, 1_000, 3, 5, TimeSpan.FromSeconds(10), TimeSpan.Zero),
        new(n * 1_000_000_000, 3 * n, 5 * n));
}
