using System.Collections.Immutable;
using System.Globalization;
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
        var (provider, tenant) = (keyOf("provider"), keyOf("tenant"));
        return new()
        {
            ChainId = options.ChainId,
            Time = time.GetUtcNow(),
            Parameters = Parameters(options, null),
            ParameterChanges = [.. options.Changes.OrderBy(change => change.Height).Select(change => new GenesisParameterChange(change.Height, Parameters(options, change)))],
            Accounts =
            [
                new(provider.Value, Text(options.Balances)),
                new(tenant.Value, Text(options.Balances)),
                .. options.Accounts.Select(account => new GenesisAccount(
                    account.Address.Length > 0 ? account.Address : keyOf(account.Name).Value,
                    Text(account.Coins),
                    account.Number < 0 ? null : (ulong)account.Number,
                    (ulong)account.Sequence)),
            ],
            FeeGrants = [.. options.FeeGrants.OrderBy(grant => grant.Key, StringComparer.Ordinal).Select(grant => new GenesisFeeGrant(AddressOf(grant.Value), AddressOf(grant.Key)))],
            Audits = [.. options.Audits.Select(audit => new GenesisAudit(
                audit.Provider.Length > 0 ? audit.Provider : provider.Value,
                audit.Auditor,
                audit.Attributes.ToImmutableSortedDictionary(StringComparer.Ordinal)))],
        };

        string AddressOf(string name) => name switch
        {
            "provider" => provider.Value,
            "tenant" => tenant.Value,
            _ => name,
        };
    }

    private static GenesisParameters Parameters(DevnetOptions options, DevnetChangeOptions? change) => new(
        Text(change?.BidMinDeposits ?? options.BidMinDeposits),
        (uint)(change?.OrderMaxBids ?? options.OrderMaxBids),
        options.MinReclaimWindow,
        options.MaxReclaimWindow,
        Text(options.DeploymentMinDeposits),
        change?.Reclamation ?? options.Reclamation,
        Bme(change?.AktUsd ?? options.AktUsd, change?.Breaker ?? options.Breaker, options.EpochBlocks));

    private static GenesisBme Bme(decimal aktUsd, DevnetBreaker breaker, int epochBlocks) => new(
        aktUsd > 0 ? aktUsd.ToString(CultureInfo.InvariantCulture) : null,
        breaker switch
        {
            DevnetBreaker.Warning => "mint_status_warning",
            DevnetBreaker.HaltMint => "mint_status_halt_cr",
            DevnetBreaker.HaltAll => "mint_status_halt_oracle",
            _ => "mint_status_healthy",
        },
        epochBlocks);

    private static ImmutableArray<string> Text(IEnumerable<Coin> coins) => [.. coins.Select(coin => coin.ToString())];
}
