using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Modules;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
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
        var state = new ChainState { ChainId = document.ChainId, Parameters = Read(document.Parameters) };
        state = AddModule(AddModule(AddModule(state, Bank.FeeCollector, "fee_collector"), Bank.Escrow, "escrow"), Bank.Bme, "bme");

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

    /// <exception cref="InvalidDataException">Something in them is not what it should be; the message names it.</exception>
    public static ChainParameters Read(GenesisParameters parameters) => new(
        [.. parameters.BidMinDeposits.Select(Coin)],
        parameters.OrderMaxBids,
        parameters.MinReclaimWindow,
        parameters.MaxReclaimWindow,
        [.. parameters.DeploymentMinDeposits.Select(Coin)],
        parameters.HasReclamation,
        parameters.Bme is { } bme ? Read(bme) : BmeParameters.Default);

    private static BmeParameters Read(GenesisBme bme)
    {
        var status = WireEnums.NumberOf(WireEnums.MintStates, bme.Status);
        if (status == 0) throw new InvalidDataException($"'{bme.Status}' is no state of the circuit breaker such as mint_status_healthy");
        if (bme.EpochBlocks <= 0) throw new InvalidDataException($"an epoch of {bme.EpochBlocks} blocks makes no sense");
        Decimal18? price = null;
        if (bme.AktUsd is { } text) price = Decimal18.TryParse(text, out var usd) && usd.Sign > 0 ? usd : throw new InvalidDataException($"'{text}' is no price");
        return BmeParameters.Default with { AktUsd = price, Status = (Chain.Wire.Bme.MintStatus)status, EpochBlocks = bme.EpochBlocks };
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
