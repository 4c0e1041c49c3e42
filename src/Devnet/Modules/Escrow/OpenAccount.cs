using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Escrow.Types.State;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>An escrow account while it is being worked on.</summary>
internal sealed class OpenAccount(EscrowAccountRow row)
{
    private readonly List<ChainPrice> _funds = [.. row.Funds];
    private readonly List<ChainPrice> _transferred = [.. row.Transferred];
    private readonly List<EscrowDeposit> _deposits = [.. row.Deposits];

    public EscrowAccountId Id => row.Id;

    public WireState State { get; set; } = row.State;

    public long SettledAt { get; set; } = row.SettledAt;

    public IReadOnlyList<ChainPrice> Funds => _funds;

    /// <summary>Set by whatever changed the account; an untouched one is not written back.</summary>
    public bool IsDirty { get; set; }

    public EscrowAccountRow ToRow() => row with
    {
        State = State,
        SettledAt = SettledAt,
        Funds = _funds.ToValueList(),
        Transferred = _transferred.ToValueList(),
        Deposits = _deposits.ToValueList(),
    };

    /// <summary>Books a deposit whose coins have arrived. A negative fund starts again from zero: what is owed is counted as unsettled.</summary>
    public void Add(EscrowDeposit deposit)
    {
        var denom = deposit.Balance.Denom;
        if (IndexOf(_transferred, denom) < 0) _transferred.Add(new(Decimal18.Zero, denom));
        var funds = IndexOf(_funds, denom);
        if (funds < 0)
        {
            funds = _funds.Count;
            _funds.Add(new(Decimal18.Zero, denom));
        }

        var before = _funds[funds].Amount.Sign < 0 ? Decimal18.Zero : _funds[funds].Amount;
        _funds[funds] = new(before + deposit.Balance.Amount, denom);
        _deposits.Add(deposit);
        IsDirty = true;
    }

    /// <summary>Takes money out of the deposits, oldest first.</summary>
    /// <returns>What could be taken; less than asked means that the fund is now negative by the difference.</returns>
    public Decimal18 Deduct(ChainPrice wanted)
    {
        var missing = wanted.Amount;
        for (var i = 0; i < _deposits.Count && missing.Sign > 0; i++)
        {
            if (_deposits[i].Balance.Denom != wanted.Denom) continue;
            var part = Decimal18.Min(_deposits[i].Balance.Amount, missing);
            missing -= part;
            _deposits[i] = _deposits[i] with { Balance = _deposits[i].Balance with { Amount = _deposits[i].Balance.Amount - part } };
        }

        _deposits.RemoveAll(deposit => deposit.Balance.Amount.Sign == 0);
        var taken = wanted.Amount - missing;
        Change(_transferred, wanted with { Amount = taken });
        Change(_funds, wanted with { Amount = -wanted.Amount });
        IsDirty = true;
        return taken;
    }

    /// <summary>Empties the deposits, for paying them back, and takes them off the funds.</summary>
    public IReadOnlyList<EscrowDeposit> Release()
    {
        EscrowDeposit[] left = [.. _deposits];
        foreach (var deposit in left) Change(_funds, deposit.Balance with { Amount = -deposit.Balance.Amount });
        _deposits.Clear();
        return left;
    }

    private static void Change(List<ChainPrice> amounts, ChainPrice by)
    {
        var index = IndexOf(amounts, by.Denom);
        if (index < 0) throw new Errors.ChainPanicException($"unknown denom \"{by.Denom}\"");
        amounts[index] = by with { Amount = amounts[index].Amount + by.Amount };
    }

    private static int IndexOf(List<ChainPrice> amounts, Denom denom) => amounts.FindIndex(amount => amount.Denom == denom);
}
