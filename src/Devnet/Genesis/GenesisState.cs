using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Modules;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Genesis;

/// <summary>Makes the state of height 0 out of a genesis.</summary>
internal static class GenesisState
{
    // The chain's own accounts are numbered far away, so that a genesis can give people's accounts any small number, 0 included.
    private const ulong FirstModuleNumber = 1UL << 32;

    /// <exception cref="InvalidDataException">Something in the document is not what it should be; the message names it.</exception>
    public static ChainState Build(GenesisDocument document)
    {
        var parameters = document.Parameters;
        var state = new ChainState
        {
            ChainId = document.ChainId,
            Parameters = new(
                [.. parameters.BidMinDeposits.Select(Coin)],
                parameters.OrderMaxBids,
                parameters.MinReclaimWindow,
                parameters.MaxReclaimWindow,
                [.. parameters.DeploymentMinDeposits.Select(Coin)],
                parameters.HasReclamation),
        };
        state = AddModule(AddModule(state, Bank.FeeCollector, "fee_collector"), Bank.Escrow, "escrow");

        // Numbers that are asked for are given first, so that no other account takes them.
        foreach (var account in document.Accounts.OrderBy(account => account.Number is null)) state = Add(state, account);
        foreach (var audit in document.Audits) state = Add(state, audit);
        foreach (var grant in document.FeeGrants)
        {
            var id = new FeeGrantId(Address(grant.Granter), Address(grant.Grantee));
            state = state with { FeeGrants = state.FeeGrants.Set(id, new(id)) };
        }

        return state;
    }

    private static ChainState AddModule(ChainState state, AccountAddress address, string name) => state with
    {
        Accounts = state.Accounts.Set(address, new(address, FirstModuleNumber + (ulong)state.Accounts.Count, 0, null, name)),
    };

    private static ChainState Add(ChainState state, GenesisAccount account)
    {
        var address = Address(account.Address);
        if (state.Accounts.Find(address) is not null) throw new InvalidDataException($"account {address} is in the genesis twice");
        var number = account.Number ?? state.NextAccountNumber;
        var balances = state.Balances;
        foreach (var coin in account.Coins.Select(Coin))
        {
            var id = new BalanceId(address, coin.Denom);
            if (coin.Amount.Sign > 0) balances = balances.Set(id, new(id, coin.Amount));
        }

        return state with
        {
            Accounts = state.Accounts.Set(address, new(address, number, account.Sequence, null)),
            Balances = balances,
            NextAccountNumber = Math.Max(state.NextAccountNumber, number + 1),
        };
    }

    private static ChainState Add(ChainState state, GenesisAudit audit)
    {
        var id = new AuditId(Address(audit.Provider), Address(audit.Auditor));
        var attributes = audit.Attributes.Select(pair => new MarketAttribute(pair.Key, pair.Value)).ToValueList();
        return state with { Audits = state.Audits.Set(id, new(id, attributes)) };
    }

    private static ChainCoin Coin(string text) =>
        Marketplace.Coin.TryParse(text, out var coin) ? ChainCoin.From(coin) : throw new InvalidDataException($"'{text}' is not an amount such as 500000uakt");

    private static AccountAddress Address(string text) =>
        ChainAddress.TryParse(text, out var address) ? address : throw new InvalidDataException($"'{text}' is not an address of this chain");
}
