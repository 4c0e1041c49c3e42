using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Marketplace;
using WireCreate = ProviderAgent.Chain.Wire.Provider.MsgCreateProvider;
using WireUpdate = ProviderAgent.Chain.Wire.Provider.MsgUpdateProvider;

namespace ProviderAgent.Devnet.Modules.Providers;

/// <summary>Registers a provider.</summary>
internal sealed class CreateProvider() : MessageHandler<WireCreate>(WireCreate.Parser, WireCreate.Descriptor, "provider")
{
    protected override string SignerText(WireCreate message) => message.Owner;

    protected override void Validate(WireCreate message) =>
        ProviderRules.Validate(message.Owner, message.HostUri, message.Attributes, message.Info, "MsgCreate");

    protected override void Execute(MessageContext context, WireCreate message)
    {
        var owner = AccountAddress.Parse(message.Owner);
        if (context.Providers.Find(owner) is not null) throw ProviderErrors.Exists.Because($"id: {owner}");
        context.Providers.Set(owner, new(owner, ProviderRules.Record(message.Owner, message.HostUri, message.Attributes, message.Info)));
        context.Emit(TypedEvents.ProviderCreated(owner));
    }
}

/// <summary>Replaces a provider's record as a whole.</summary>
internal sealed class UpdateProvider() : MessageHandler<WireUpdate>(WireUpdate.Parser, WireUpdate.Descriptor, "provider")
{
    protected override string SignerText(WireUpdate message) => message.Owner;

    protected override void Validate(WireUpdate message) =>
        ProviderRules.Validate(message.Owner, message.HostUri, message.Attributes, message.Info, "MsgUpdate");

    protected override void Execute(MessageContext context, WireUpdate message)
    {
        var owner = AccountAddress.Parse(message.Owner);
        if (context.Providers.Find(owner) is null) throw ProviderErrors.NotFound.Because($"id: {owner}");
        context.Providers.Set(owner, new(owner, ProviderRules.Record(message.Owner, message.HostUri, message.Attributes, message.Info)));
        context.Emit(TypedEvents.ProviderUpdated(owner));
    }
}
