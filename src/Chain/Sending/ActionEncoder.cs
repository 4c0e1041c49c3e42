using System.Text;
using Google.Protobuf;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Chain.Wire.Cert;
using ProviderAgent.Chain.Wire.Deposits;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Chain.Wire.Provider;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>The message that carries out an action. Pure.</summary>
internal static class ActionEncoder
{
    /// <param name="action">What to do.</param>
    /// <param name="account">Who does it; the chain takes the signer from inside the message.</param>
    /// <param name="hasReclamation">Whether the chain knows reclaim windows. An older one refuses every transaction that names one.</param>
    /// <exception cref="ArgumentException">The action is not this account's to do, or its price or reason cannot be expressed.</exception>
    public static IMessage Encode(MarketAction action, AccountAddress account, bool hasReclamation) => action switch
    {
        MarketAction.PlaceBid bid => Bid(bid, account, hasReclamation),
        MarketAction.CloseBid close => new MsgCloseBid { Id = WireIds.ToWire(Own(close.Bid, close.Bid.Provider, account)), Reason = LeaseReasons.ToWire(close.Reason) },
        MarketAction.Withdraw withdraw => new MsgWithdrawLease { Id = WireIds.ToWire(Own(withdraw.Lease, withdraw.Lease.Provider, account)) },
        MarketAction.StartReclaim reclaim => new MsgLeaseStartReclaim
        {
            Id = WireIds.ToWire(Own(reclaim.Lease, reclaim.Lease.Provider, account)),
            Reason = LeaseReasons.ToWire(reclaim.Reason),
        },
        MarketAction.CreateProvider { Record: var record } => new MsgCreateProvider
        {
            Owner = Own(record.Account, record.Account, account).Value,
            HostUri = WireProviders.HostText(record.HostUri),
            Attributes = { WireResources.ToWire(record.Attributes) },
            Info = WireProviders.ToInfo(record),
        },
        MarketAction.UpdateProvider { Record: var record } => new MsgUpdateProvider
        {
            Owner = Own(record.Account, record.Account, account).Value,
            HostUri = WireProviders.HostText(record.HostUri),
            Attributes = { WireResources.ToWire(record.Attributes) },
            Info = WireProviders.ToInfo(record),
        },
        MarketAction.PublishCertificate certificate => new MsgCreateCertificate
        {
            Owner = account.Value,
            Cert = ByteString.CopyFrom(certificate.CertificatePem, Encoding.ASCII),
            Pubkey = ByteString.CopyFrom(certificate.PublicKeyPem, Encoding.ASCII),
        },
        MarketAction.RevokeCertificate revoke => new MsgRevokeCertificate { Id = new() { Owner = account.Value, Serial = revoke.Serial } },
        MarketAction.Convert convert => new MsgBurnACT { Owner = account.Value, To = account.Value, CoinsToBurn = WireCoins.ToWire(convert.Burned) },
        _ => throw new ArgumentException($"{action.GetType().Name} is no action of this market", nameof(action)),
    };

    private static MsgCreateBid Bid(MarketAction.PlaceBid bid, AccountAddress account, bool hasReclamation)
    {
        var message = new MsgCreateBid
        {
            Id = WireIds.ToWire(Own(bid.Bid, bid.Bid.Provider, account)),
            Price = WireCoins.ToWire(bid.Price),
            Deposit = new() { Amount = WireCoins.ToWire(bid.Deposit), Sources = { Source.Balance } },
            ResourcesOffer = { WireGroups.ToOffer(bid.Offer) },
        };
        if (hasReclamation && bid.ReclaimWindow is { } window) message.ReclamationWindow = WireTime.ToWire(window);
        return message;
    }

    private static T Own<T>(T value, AccountAddress provider, AccountAddress account) =>
        provider == account ? value : throw new ArgumentException($"{value} belongs to {provider}, the key to {account}");
}
