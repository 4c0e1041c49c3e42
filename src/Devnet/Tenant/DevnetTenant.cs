using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Tenant.Gateway;
using ProviderAgent.Devnet.Tenant.Node;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tenant;

/// <summary>A tenant: posts deployments, chooses bids, hands over manifests, watches leases. Speaks to any chain of this wire and to any provider. Thread-safe.</summary>
public sealed class DevnetTenant : IDisposable
{
    private readonly ISigner _signer;
    private readonly TenantOptions _options;
    private readonly TimeProvider _time;
    private readonly NodeClient _node;
    private readonly TransactionSender _sender;
    private readonly MarketReader _market;
    private readonly GatewayToken _token;
    private readonly SemaphoreSlim _deploying = new(1, 1);

    /// <param name="signer">The tenant's key. Not disposed of here.</param>
    /// <param name="options">Where the chain is, and how long things may take.</param>
    /// <param name="time">Clock of deadlines and tokens.</param>
    public DevnetTenant(ISigner signer, TenantOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(options);
        _signer = signer;
        _options = options;
        _time = time ?? TimeProvider.System;
        _node = new(options.Rpc, options.NodeTimeout, _time);
        _sender = new(_node, signer, options, _time);
        _market = new(_node);
        _token = new(signer, options.TokenLifetime, _time);
    }

    /// <summary>The tenant's account.</summary>
    public AccountAddress Address => _signer.Address;

    /// <summary>Posts what an SDL asks for.</summary>
    /// <param name="sdl">The SDL's text.</param>
    /// <param name="deposit">Money behind it; in the coin of its prices.</param>
    /// <param name="ct">Stops the waiting, not what was sent.</param>
    /// <exception cref="SdlException">The SDL is wrong; all its mistakes are named.</exception>
    /// <exception cref="TenantException">It was not posted, or it is not known whether it was.</exception>
    public async Task<TenantDeployment> DeployAsync(string sdl, Coin deposit, CancellationToken ct = default)
    {
        var wanted = SdlReader.Read(sdl);
        await _deploying.WaitAsync(ct); // until the number is taken on the chain, nobody else may choose it
        try
        {
            return await DeployAsync(wanted, deposit, ct);
        }
        finally
        {
            _deploying.Release();
        }
    }

    /// <summary>All bids on a deployment's orders, cheapest open ones first.</summary>
    /// <exception cref="TenantException">The node does not answer.</exception>
    public async Task<IReadOnlyList<TenantBid>> ListBidsAsync(ulong dseq, CancellationToken ct = default)
    {
        var bids = await _market.BidsAsync(new(Address, dseq), ct);
        return
        [
            .. bids.Select(bid => (Id: WireIds.ToBidId(bid.Id), bid.State, Price: WireCoinsOf(bid.Price), Window: bid.ReclamationWindow?.Seconds))
                .OrderBy(bid => bid.State != Wire.Market.V1Beta5.Bid.Types.State.Open).ThenBy(bid => bid.Price.Amount)
                .Select(bid => new TenantBid(
                    bid.Id.ToString(),
                    bid.Id.Provider.Value,
                    WireEnums.NameOf(WireEnums.BidStates, (int)bid.State),
                    bid.Price.Amount.ToString(),
                    bid.Price.Denom.Value,
                    bid.Window)),
        ];
    }

    /// <summary>Accepts a bid; the others on its order are lost.</summary>
    /// <exception cref="TenantException">It was refused, or it is not known whether it was accepted.</exception>
    public async Task<TenantLease> AcceptAsync(BidId bid, CancellationToken ct = default)
    {
        var receipt = await _sender.SendAsync(new Wire.Market.V1Beta5.MsgCreateLease { BidId = WireIds.ToWire(bid) }, ct);
        return new(bid.Lease.ToString(), receipt);
    }

    /// <summary>The deployment's leases whose workload is to run.</summary>
    /// <exception cref="TenantException">The node does not answer.</exception>
    public Task<IReadOnlyList<LeaseId>> ListLeasesAsync(ulong dseq, CancellationToken ct = default) => _market.RunningLeasesAsync(new(Address, dseq), ct);

    /// <summary>What an account holds, by coin.</summary>
    /// <param name="account">Any account of the chain.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="TenantException">The node does not answer, or makes no sense.</exception>
    public async Task<IReadOnlyList<Coin>> ListBalancesAsync(AccountAddress account, CancellationToken ct = default) =>
    [
        .. (await _market.BalancesAsync(account, ct)).Select(wire => Coin.TryParse(wire.Amount + wire.Denom, out var coin)
            ? coin
            : throw new TenantException(TenantFailure.NodeUnavailable, $"the node shows a balance of '{wire.Amount}' of '{wire.Denom}'")),
    ];

    /// <summary>Hands the manifest to every provider that has a lease of the deployment.</summary>
    /// <param name="dseq">The deployment.</param>
    /// <param name="sdl">The SDL whose manifest was announced.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="SdlException">The SDL is wrong.</exception>
    /// <exception cref="TenantException">It is not the announced manifest, there is no lease, or a provider did not take it.</exception>
    public async Task<IReadOnlyList<TenantManifestReceipt>> SendManifestAsync(ulong dseq, string sdl, CancellationToken ct = default)
    {
        var wanted = SdlReader.Read(sdl);
        var id = new DeploymentId(Address, dseq);
        var deployment = await _market.GetDeploymentAsync(id, ct);
        var announced = Convert.ToHexStringLower(deployment.Deployment.Hash.Span);
        if (announced != wanted.Hash.Hex)
        {
            throw new TenantException(
                TenantFailure.ManifestMismatch, $"this SDL has the hash {wanted.Hash}, but deployment {dseq} announced {announced}: update the deployment first");
        }

        var leases = await _market.RunningLeasesAsync(id, ct);
        if (leases.Count == 0) throw new TenantException(TenantFailure.NotFound, $"deployment {dseq} has no running lease: accept a bid first");
        var manifest = CanonicalManifest.Encode(wanted.Manifest);
        var receipts = new List<TenantManifestReceipt>();
        foreach (var provider in leases.Select(lease => lease.Provider).Distinct())
        {
            var host = await _market.HostUriAsync(provider, ct);
            using var gateway = await ConnectAsync(provider, host, ct);
            await gateway.PutManifestAsync(dseq, manifest, ct);
            receipts.Add(new(provider.Value, host.ToString()));
        }

        return receipts;
    }

    /// <summary>What the provider says of a lease; null while it is not up.</summary>
    /// <exception cref="TenantException">The provider does not answer, or refuses.</exception>
    public async Task<TenantLeaseStatus?> LeaseStatusAsync(LeaseId lease, CancellationToken ct = default)
    {
        using var gateway = await ConnectAsync(lease.Provider, await _market.HostUriAsync(lease.Provider, ct), ct);
        return await gateway.StatusAsync(lease, ct);
    }

    /// <summary>What the workload writes.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="follow">Goes on until cancelled, instead of ending with what there is.</param>
    /// <param name="tail">Only so many last lines to begin with; null for all.</param>
    /// <param name="services">Only these services; null or empty for all.</param>
    /// <param name="ct">Ends the stream.</param>
    /// <exception cref="TenantException">The provider does not answer, refuses, or broke off.</exception>
    public async IAsyncEnumerable<TenantLogLine> LogsAsync(
        LeaseId lease, bool follow = false, int? tail = null, IReadOnlyCollection<string>? services = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        using var gateway = await ConnectAsync(lease.Provider, await _market.HostUriAsync(lease.Provider, ct), ct);
        await foreach (var line in gateway.LogsAsync(lease, follow, tail, services ?? [], ct)) yield return line;
    }

    /// <summary>Announces a new manifest; send it to the providers afterwards.</summary>
    /// <exception cref="SdlException">The SDL is wrong.</exception>
    /// <exception cref="TenantException">It asks for other resources than the deployment, or it was refused.</exception>
    public async Task<TenantReceipt> UpdateAsync(ulong dseq, string sdl, CancellationToken ct = default)
    {
        var wanted = SdlReader.Read(sdl);
        var id = new DeploymentId(Address, dseq);
        var deployment = await _market.GetDeploymentAsync(id, ct);
        if (!deployment.Groups.Select(group => group.GroupSpec).SequenceEqual(wanted.Groups.Select(WireGroups.ToWire)))
        {
            throw new TenantException(
                TenantFailure.ManifestMismatch, $"this SDL asks for other resources or prices than deployment {dseq}: those cannot be changed, deploy anew");
        }

        var message = new Wire.Deployment.V1Beta4.MsgUpdateDeployment { Id = WireIds.ToWire(id), Hash = ByteString.CopyFrom(wanted.Hash.ToBytes()) };
        return await _sender.SendAsync(message, ct);
    }

    /// <summary>Closes a deployment; what is left of the deposit comes back.</summary>
    /// <exception cref="TenantException">It was refused, or it is not known whether it was closed.</exception>
    public Task<TenantReceipt> CloseAsync(ulong dseq, CancellationToken ct = default) =>
        _sender.SendAsync(new Wire.Deployment.V1Beta4.MsgCloseDeployment { Id = WireIds.ToWire(new DeploymentId(Address, dseq)) }, ct);

    /// <summary>Ends one lease; its group is put out to bid again at once.</summary>
    /// <exception cref="TenantException">It was refused, or it is not known whether it was closed.</exception>
    public Task<TenantReceipt> CloseLeaseAsync(LeaseId lease, CancellationToken ct = default) =>
        _sender.SendAsync(new Wire.Market.V1Beta5.MsgCloseLease { Id = WireIds.ToWire(lease) }, ct);

    /// <summary>Adds money to a deployment.</summary>
    /// <exception cref="TenantException">It was refused, or it is not known whether it arrived.</exception>
    public Task<TenantReceipt> DepositAsync(ulong dseq, Coin amount, CancellationToken ct = default) => _sender.SendAsync(
        new Wire.Escrow.V1.MsgAccountDeposit
        {
            Signer = Address.Value,
            Id = EscrowAccountId.Of(new DeploymentId(Address, dseq)).ToWire(),
            Deposit = ToWire(amount),
        },
        ct);

    public void Dispose()
    {
        _deploying.Dispose();
        _sender.Dispose();
        _node.Dispose();
    }

    private async Task<TenantDeployment> DeployAsync(SdlDeployment wanted, Coin deposit, CancellationToken ct)
    {
        var id = await FreeIdAsync(ct);
        var message = new Wire.Deployment.V1Beta4.MsgCreateDeployment
        {
            Id = WireIds.ToWire(id),
            Groups = { wanted.Groups.Select(WireGroups.ToWire) },
            Hash = ByteString.CopyFrom(wanted.Hash.ToBytes()),
            Deposit = ToWire(deposit),
            Reclamation = wanted.MinReclaimWindow is { } window ? new() { MinWindow = Duration.FromTimeSpan(window) } : null,
        };
        var receipt = await _sender.SendAsync(message, ct);
        return new(id.Dseq, id.Owner.Value, wanted.Hash.Hex, [.. wanted.Groups.Select(group => group.Name)], receipt);
    }

    /// <summary>Clients number deployments by height; a second one at the same height takes the next free number.</summary>
    private async Task<DeploymentId> FreeIdAsync(CancellationToken ct)
    {
        for (var dseq = (ulong)await _market.HeightAsync(ct); ; dseq++)
        {
            var id = new DeploymentId(Address, dseq);
            if (await _market.FindDeploymentAsync(id, ct) is null) return id;
        }
    }

    private async Task<GatewayClient> ConnectAsync(AccountAddress provider, Uri host, CancellationToken ct)
    {
        var trust = new ServerTrust(provider, await _market.CertificatesAsync(provider, ct), _time);
        return new(host, trust, _token, _options.GatewayTimeout, _time);
    }

    private static Wire.Deposits.Deposit ToWire(Coin coin) => new()
    {
        Amount = new() { Denom = coin.Denom.Value, Amount = coin.Amount.ToString(CultureInfo.InvariantCulture) },
        Sources = { Wire.Deposits.Source.Balance },
    };

    private static State.ChainPrice WireCoinsOf(Wire.Base.DecCoin wire) =>
        State.ChainPrice.TryRead(wire, out var price) ? price : throw new TenantException(TenantFailure.NodeUnavailable, "the node shows a bid without a price");
}
