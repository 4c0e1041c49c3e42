using System.Globalization;
using Google.Protobuf.Reflection;

namespace ProviderAgent.Devnet.Wires;

/// <summary>The chain's own names of enum members, which generated code spells otherwise.</summary>
internal static class WireEnums
{
    public static EnumDescriptor DeploymentStates { get; } = Wire.Deployment.V1.Deployment.Descriptor.EnumTypes[0];

    public static EnumDescriptor GroupStates { get; } = Wire.Deployment.V1Beta4.Group.Descriptor.EnumTypes[0];

    public static EnumDescriptor OrderStates { get; } = Wire.Market.V1Beta5.Order.Descriptor.EnumTypes[0];

    public static EnumDescriptor BidStates { get; } = Wire.Market.V1Beta5.Bid.Descriptor.EnumTypes[0];

    public static EnumDescriptor LeaseStates { get; } = Wire.Market.V1.Lease.Descriptor.EnumTypes[0];

    public static EnumDescriptor EscrowStates { get; } = Wire.Escrow.Types.AccountState.Descriptor.FindFieldByName("state").EnumType;

    public static EnumDescriptor CertificateStates { get; } = Wire.Cert.Certificate.Descriptor.FindFieldByName("state").EnumType;

    public static EnumDescriptor MintStates { get; } = Wire.Bme.QueryStatusResponse.Descriptor.FindFieldByName("status").EnumType;

    public static EnumDescriptor LedgerRecordStates { get; } = Wire.Bme.QueryLedgerRecordEntry.Descriptor.FindFieldByName("status").EnumType;

    public static EnumDescriptor CancelReasons { get; } = Wire.Bme.LedgerCanceledRecord.Descriptor.EnumTypes[0];

    public static EnumDescriptor LeaseClosedReasons { get; } = Wire.Market.V1.Lease.Descriptor.FindFieldByName("reason").EnumType;

    /// <summary>The name; the number as text when the chain has no name for it.</summary>
    public static string NameOf(EnumDescriptor type, int number) =>
        type.FindValueByNumber(number)?.Name ?? number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number behind a name; 0, which is always the invalid member, when there is none.</summary>
    public static int NumberOf(EnumDescriptor type, string name) => type.FindValueByName(name)?.Number ?? 0;
}
