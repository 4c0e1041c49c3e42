using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace ProviderAgent.Metering.Tests;

/// <summary>Values for tests.</summary>
internal static class Sample
{
    public static DateTimeOffset Epoch { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Denom Uact { get; } = Denom.Parse("uact");

    public static AccountAddress Provider { get; } = AccountAddress.Parse("akash1provider");

    public static LeaseId Lease(ulong dseq, uint gseq = 1) => new(new(AccountAddress.Parse("akash1tenant"), dseq, gseq, 1), Provider);

    public static Coin Coin(long amount) => new(amount, Uact);

    public static Coin Uakt(long amount) => new(amount, Denom.Parse("uakt"));

    public static MeteringMetrics Metrics() => new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
}
