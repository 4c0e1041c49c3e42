using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Modules.Bme;

/// <summary>Turns earnings into fee coin.</summary>
internal sealed class BurnAct() : MessageHandler<MsgBurnACT>(MsgBurnACT.Parser, MsgBurnACT.Descriptor, "bme")
{
    protected override string SignerText(MsgBurnACT message) => message.Owner;

    protected override void Validate(MsgBurnACT message) => BmeRules.Validate(message.Owner, message.To, message.CoinsToBurn, ChainParameters.PriceDenom);

    protected override void Execute(MessageContext context, MsgBurnACT message)
    {
        var id = BmeQueue.Add(context, message.Owner, message.To, message.CoinsToBurn, ChainParameters.FeeDenom);
        context.Respond(new MsgBurnACTResponse { Id = id, Status = LedgerRecordStatus.Pending });
    }
}

/// <summary>Turns fee coin into what deployments are paid in.</summary>
internal sealed class MintAct() : MessageHandler<MsgMintACT>(MsgMintACT.Parser, MsgMintACT.Descriptor, "bme")
{
    protected override string SignerText(MsgMintACT message) => message.Owner;

    protected override void Validate(MsgMintACT message) => BmeRules.Validate(message.Owner, message.To, message.CoinsToBurn, ChainParameters.FeeDenom);

    protected override void Execute(MessageContext context, MsgMintACT message)
    {
        var id = BmeQueue.Add(context, message.Owner, message.To, message.CoinsToBurn, ChainParameters.PriceDenom);
        context.Respond(new MsgMintACTResponse { Id = id, Status = LedgerRecordStatus.Pending });
    }
}

/// <summary>Either of the two, by the coins that it names.</summary>
internal sealed class BurnMint() : MessageHandler<MsgBurnMint>(MsgBurnMint.Parser, MsgBurnMint.Descriptor, "bme")
{
    protected override string SignerText(MsgBurnMint message) => message.Owner;

    protected override void Validate(MsgBurnMint message)
    {
        var burned = message.CoinsToBurn?.Denom == ChainParameters.FeeDenom.Value ? ChainParameters.FeeDenom : ChainParameters.PriceDenom;
        BmeRules.Validate(message.Owner, message.To, message.CoinsToBurn, burned);
        if (message.DenomToMint != BmeRules.Other(burned).Value) throw BmeErrors.InvalidDenom.Exception();
    }

    protected override void Execute(MessageContext context, MsgBurnMint message)
    {
        var id = BmeQueue.Add(context, message.Owner, message.To, message.CoinsToBurn, Denom.Parse(message.DenomToMint));
        context.Respond(new MsgBurnMintResponse { Id = id, Status = LedgerRecordStatus.Pending });
    }
}

/// <summary>What the three have in common.</summary>
internal static class BmeRules
{
    public static Denom Other(Denom denom) => denom == ChainParameters.FeeDenom ? ChainParameters.PriceDenom : ChainParameters.FeeDenom;

    public static void Validate(string owner, string to, Wire.Base.Coin? coin, Denom burned)
    {
        IdRules.Address(owner, "invalid owner address");
        IdRules.Address(to, "invalid receiver address");
        if (!ChainCoin.TryRead(coin, out var read) || read.Amount.Sign <= 0) throw BmeErrors.InvalidAmount.Exception();
        if (read.Denom != burned) throw BmeErrors.InvalidDenom.Exception();
    }
}
