using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Marketplace;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Tests.Harness;

/// <summary>Messages with everything right; tests change what they are about.</summary>
internal static class Market
{
    public static readonly ByteString Hash = ByteString.CopyFrom(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());
    public static readonly ByteString OtherHash = ByteString.CopyFrom(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());

    public static string Dec(string value) => Decimal18.Parse(value).Atomics.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static Wire.Base.DecCoin Price(string amount, string denom = "uact") => new() { Denom = denom, Amount = Dec(amount) };

    public static Wire.Deposits.Deposit Deposit(long amount = 5_000_000, string denom = "uact") => new()
    {
        Amount = new() { Denom = denom, Amount = amount.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        Sources = { Wire.Deposits.Source.Balance },
    };

    public static Wire.Resource.ResourceValue Value(long value) => new()
    {
        Val = ByteString.CopyFromUtf8(value.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    };

    public static Wire.Deployment.V1Beta4.ResourceUnit Unit(uint id = 1, uint count = 1, string price = "100") => new()
    {
        Resource = new()
        {
            Id = id,
            Cpu = new() { Units = Value(500) },
            Memory = new() { Quantity = Value(512 << 20) },
            Storage = { new Wire.Resource.Storage { Name = "default", Quantity = Value(512 << 20) } },
            Gpu = new() { Units = Value(0) },
            Endpoints = { new Wire.Resource.Endpoint { Kind = Wire.Resource.Endpoint.Types.Kind.SharedHttp } },
        },
        Count = count,
        Price = Price(price),
    };

    public static Wire.Deployment.V1Beta4.GroupSpec Group(string name = "dcloud", params Wire.Deployment.V1Beta4.ResourceUnit[] units)
    {
        var group = new Wire.Deployment.V1Beta4.GroupSpec { Name = name, Requirements = new() { SignedBy = new() } };
        group.Resources.AddRange(units.Length == 0 ? [Unit()] : units);
        return group;
    }

    public static Wire.Deployment.V1Beta4.MsgCreateDeployment CreateDeployment(
        ChainKey tenant, ulong dseq = 100, long deposit = 5_000_000, params Wire.Deployment.V1Beta4.GroupSpec[] groups)
    {
        var message = new Wire.Deployment.V1Beta4.MsgCreateDeployment
        {
            Id = new() { Owner = tenant.Address.Value, Dseq = dseq },
            Hash = Hash,
            Deposit = Deposit(deposit),
        };
        message.Groups.AddRange(groups.Length == 0 ? [Group()] : groups);
        return message;
    }

    public static OrderId Order(ChainKey tenant, ulong dseq = 100, uint gseq = 1, uint oseq = 1) => new(tenant.Address, dseq, gseq, oseq);

    public static LeaseId Lease(ChainKey tenant, ChainKey provider, ulong dseq = 100, uint gseq = 1, uint oseq = 1) =>
        new(Order(tenant, dseq, gseq, oseq), provider.Address);

    public static Wire.Market.V1Beta5.MsgCreateBid CreateBid(OrderId order, ChainKey provider, string price = "50", TimeSpan? window = null) => new()
    {
        Id = WireIds.ToWire(new BidId(order, provider.Address)),
        Price = Price(price),
        Deposit = Deposit(500_000, "uakt"),
        ReclamationWindow = window is null ? null : Duration.FromTimeSpan(window.Value),
    };

    public static Wire.Market.V1Beta5.MsgCreateLease CreateLease(LeaseId lease) => new() { BidId = WireIds.ToWire(lease.Bid) };

    public static Wire.Market.V1Beta5.MsgWithdrawLease Withdraw(LeaseId lease) => new() { Id = WireIds.ToWire(lease) };

    public static Wire.Market.V1Beta5.MsgCloseLease CloseLease(LeaseId lease) => new() { Id = WireIds.ToWire(lease) };

    public static Wire.Market.V1Beta5.MsgCloseBid CloseBid(LeaseId lease, WireReason reason = WireReason.Unspecified) =>
        new() { Id = WireIds.ToWire(lease.Bid), Reason = reason };

    public static Wire.Market.V1Beta5.MsgLeaseStartReclaim StartReclaim(LeaseId lease, WireReason reason = WireReason.Decommission) =>
        new() { Id = WireIds.ToWire(lease), Reason = reason };

    public static Wire.Deployment.V1Beta4.MsgCloseDeployment CloseDeployment(ChainKey tenant, ulong dseq = 100) =>
        new() { Id = new() { Owner = tenant.Address.Value, Dseq = dseq } };

    public static Wire.Deployment.V1.DeploymentID DeploymentId(ChainKey tenant, ulong dseq = 100) => new() { Owner = tenant.Address.Value, Dseq = dseq };

    public static Wire.Deployment.V1.GroupID GroupId(ChainKey tenant, ulong dseq = 100, uint gseq = 1) =>
        new() { Owner = tenant.Address.Value, Dseq = dseq, Gseq = gseq };

    public static Wire.Escrow.V1.MsgAccountDeposit AddDeposit(ChainKey signer, DeploymentId id, long amount, string denom = "uact") => new()
    {
        Signer = signer.Address.Value,
        Id = new() { Scope = Wire.Escrow.Id.Scope.Deployment, Xid = id.ToString() },
        Deposit = Deposit(amount, denom),
    };

    public static Wire.Provider.MsgCreateProvider CreateProvider(ChainKey provider, params (string Key, string Value)[] attributes)
    {
        var message = new Wire.Provider.MsgCreateProvider { Owner = provider.Address.Value, HostUri = "https://provider.example.com:8443", Info = new() };
        message.Attributes.AddRange(attributes.Select(pair => new Wire.Attributes.Attribute { Key = pair.Key, Value = pair.Value }));
        return message;
    }

    /// <summary>Deployment, registered provider, bid, lease. The tenant pays 50 uact per block unless told otherwise.</summary>
    public static LeaseId OpenLease(this TestChain chain, string price = "50", long deposit = 5_000_000, ulong dseq = 100, TimeSpan? window = null)
    {
        if (chain.State.Providers.Find(chain.Provider.Address) is null) chain.Do(chain.Provider, CreateProvider(chain.Provider));
        chain.Do(chain.Tenant, CreateDeployment(chain.Tenant, dseq, deposit));
        var order = Order(chain.Tenant, dseq);
        chain.Do(chain.Provider, CreateBid(order, chain.Provider, price, window));
        var lease = new LeaseId(order, chain.Provider.Address);
        chain.Do(chain.Tenant, CreateLease(lease));
        return lease;
    }
}
