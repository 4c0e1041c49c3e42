using System.Collections.Frozen;
using ProviderAgent.Devnet.Modules.Bme;
using ProviderAgent.Devnet.Modules.Certificates;
using ProviderAgent.Devnet.Modules.Deployments;
using ProviderAgent.Devnet.Modules.Escrow;
using ProviderAgent.Devnet.Modules.Market;
using ProviderAgent.Devnet.Modules.Providers;

namespace ProviderAgent.Devnet.Messages;

/// <summary>The messages that this chain knows.</summary>
internal sealed class MessageCatalog
{
    private readonly FrozenDictionary<string, IMessageHandler> _byTypeUrl;

    /// <param name="hasReclamation">False leaves out what came with node 2.1.</param>
    public MessageCatalog(bool hasReclamation)
    {
        IMessageHandler[] handlers =
        [
            new CreateDeployment(), new UpdateDeployment(), new CloseDeployment(), new CloseGroup(), new PauseGroup(), new StartGroup(),
            new CreateBid(), new CloseBid(), new CreateLease(), new WithdrawLease(), new CloseLease(), new LeaseStartReclaim(),
            new CreateProvider(), new UpdateProvider(), new CreateCertificate(), new RevokeCertificate(), new AccountDeposit(),
            new BurnAct(), new MintAct(), new BurnMint(),
        ];
        HasReclamation = hasReclamation;
        _byTypeUrl = handlers.Where(handler => hasReclamation || handler is not LeaseStartReclaim).ToFrozenDictionary(handler => handler.TypeUrl);
    }

    public bool HasReclamation { get; }

    /// <summary>Null when the chain does not know such messages.</summary>
    public IMessageHandler? Find(string typeUrl) => _byTypeUrl.GetValueOrDefault(typeUrl);
}
