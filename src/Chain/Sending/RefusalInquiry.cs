using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>Finds out from the market's state why an action was refused, where the chain's error does not say.</summary>
internal sealed class RefusalInquiry(IMarketQueries queries, IMarketConversions conversions, AccountAddress account, IOptions<ChainOptions> options, TimeProvider time)
{
    /// <summary>The meaning of an error of the chain.</summary>
    /// <param name="action">What was refused.</param>
    /// <param name="error">Registered error; null when only unknown words were given.</param>
    /// <param name="ct">Stops asking.</param>
    /// <remarks>When the market cannot be asked in time, the reason stays what the error alone says: the sender must not wait for a better word.</remarks>
    public async Task<MarketRefusal> ExplainAsync(MarketAction action, (string Codespace, uint Code)? error, CancellationToken ct)
    {
        var plain = error is { } known ? RefusalMap.FromCode(known.Codespace, known.Code) : MarketRefusal.Other;
        using var deadline = new Deadline(options.Value.QueryTimeout, time, ct);
        try
        {
            return (plain, action) switch
            {
                // One error for "too small", "wrong coin" and "cannot pay it"; the parameters tell them apart.
                (MarketRefusal.DepositInvalid, MarketAction.PlaceBid bid) => await IsDepositEnoughAsync(bid, deadline.Token) ? MarketRefusal.InsufficientFunds : plain,
                (MarketRefusal.Other, _) => await AskAsync(action, deadline.Token),
                _ => plain,
            };
        }
        catch (Exception e) when (e is MarketUnavailableException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return plain;
        }
    }

    private Task<MarketRefusal> AskAsync(MarketAction action, CancellationToken ct) => action switch
    {
        MarketAction.PlaceBid bid => BidAsync(bid, ct),
        MarketAction.CloseBid close => CloseAsync(close, ct),
        MarketAction.Withdraw withdraw => LeaseAsync(withdraw.Lease, forReclaim: false, ct),
        MarketAction.StartReclaim reclaim => LeaseAsync(reclaim.Lease, forReclaim: true, ct),
        MarketAction.CreateProvider create => ProviderAsync(create.Record.Account, MarketRefusal.ProviderExists, MarketRefusal.Other, ct),
        MarketAction.RevokeCertificate revoke => CertificateAsync(revoke, ct),
        MarketAction.Convert => ConversionAsync(ct),
        MarketAction.UpdateProvider update => ProviderAsync(update.Record.Account, MarketRefusal.Other, MarketRefusal.ProviderNotRegistered, ct),
        _ => Task.FromResult(MarketRefusal.Other),
    };

    private async Task<MarketRefusal> BidAsync(MarketAction.PlaceBid bid, CancellationToken ct)
    {
        if (await queries.FindBidAsync(bid.Bid, ct) is not null) return MarketRefusal.BidExists;
        if (await queries.FindOrderAsync(bid.Bid.Order, ct) is not { } order) return MarketRefusal.OrderNotFound;
        if (order.State != OrderState.Open) return MarketRefusal.OrderNotOpen;
        var parameters = await queries.GetParametersAsync(ct);
        if (await queries.CountBidsAsync(order.Id, ct) >= parameters.MaxBidsPerOrder) return MarketRefusal.TooManyBids;
        var limit = order.Spec.PriceLimit;
        if (limit.Denom == bid.Price.Denom && bid.Price.IsAbove(limit)) return MarketRefusal.PriceAboveLimit;
        return await queries.FindProviderAsync(bid.Bid.Provider, ct) is null ? MarketRefusal.ProviderNotRegistered : MarketRefusal.Other;
    }

    private async Task<MarketRefusal> CloseAsync(MarketAction.CloseBid close, CancellationToken ct)
    {
        var bid = await queries.FindBidAsync(close.Bid, ct);
        return bid?.State switch
        {
            null => MarketRefusal.BidNotFound,
            BidState.Lost or BidState.Closed => MarketRefusal.BidNotOpen,
            _ => MarketRefusal.Other,
        };
    }

    private async Task<MarketRefusal> LeaseAsync(LeaseId id, bool forReclaim, CancellationToken ct)
    {
        if (await queries.FindLeaseAsync(id, ct) is not { } account) return MarketRefusal.LeaseNotFound;
        if (!account.Lease.IsRunning) return MarketRefusal.LeaseNotActive;
        return forReclaim && account.Lease.Reclaim?.Deadline is not null ? MarketRefusal.ReclaimAlreadyStarted : MarketRefusal.Other;
    }

    private async Task<MarketRefusal> ProviderAsync(AccountAddress account, MarketRefusal present, MarketRefusal absent, CancellationToken ct) =>
        await queries.FindProviderAsync(account, ct) is null ? absent : present;

    private async Task<MarketRefusal> CertificateAsync(MarketAction.RevokeCertificate revoke, CancellationToken ct) =>
        await queries.FindCertificateAsync(account, revoke.Serial, ct) is { IsValid: true } ? MarketRefusal.Other : MarketRefusal.CertificateNotValid;

    private async Task<MarketRefusal> ConversionAsync(CancellationToken ct) =>
        (await conversions.GetTermsAsync(ct)).Halted is null ? MarketRefusal.Other : MarketRefusal.ConversionHalted;

    private async Task<bool> IsDepositEnoughAsync(MarketAction.PlaceBid bid, CancellationToken ct)
    {
        var parameters = await queries.GetParametersAsync(ct);
        return parameters.MinBidDeposits.Any(min => min.Denom == bid.Deposit.Denom && min.Amount <= bid.Deposit.Amount);
    }
}
