using System.Collections.Immutable;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Genesis;

/// <summary>Makes a genesis out of options.</summary>
internal static class GenesisFactory
{
    /// <param name="options">What it is to say.</param>
    /// <param name="keyOf">Makes the key of a named account and tells its address.</param>
    /// <param name="time">The chain begins now.</param>
    public static GenesisDocument Make(DevnetOptions options, Func<string, AccountAddress> keyOf, TimeProvider time)
    {
        var provider = keyOf("provider");
        return new()
        {
            ChainId = options.ChainId,
            Time = time.GetUtcNow(),
            Parameters = new(
                Text(options.BidMinDeposits),
                (uint)options.OrderMaxBids,
                options.MinReclaimWindow,
                options.MaxReclaimWindow,
                Text(options.DeploymentMinDeposits),
                options.Reclamation),
            Accounts =
            [
                new(provider.Value, Text(options.Balances)),
                new(keyOf("tenant").Value, Text(options.Balances)),
                .. options.Accounts.Select(account => new GenesisAccount(
                    account.Address.Length > 0 ? account.Address : keyOf(account.Name).Value,
                    Text(account.Coins),
                    account.Number < 0 ? null : (ulong)account.Number,
                    (ulong)account.Sequence)),
            ],
            Audits = [.. options.Audits.Select(audit => new GenesisAudit(
                audit.Provider.Length > 0 ? audit.Provider : provider.Value,
                audit.Auditor,
                audit.Attributes.ToImmutableSortedDictionary(StringComparer.Ordinal)))],
        };
    }

    private static ImmutableArray<string> Text(IEnumerable<Coin> coins) => [.. coins.Select(coin => coin.ToString())];
}
