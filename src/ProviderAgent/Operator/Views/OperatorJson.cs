using System.Text.Json.Serialization;

namespace ProviderAgent.Operator.Views;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(LeasesView))]
[JsonSerializable(typeof(BidsView))]
[JsonSerializable(typeof(WhyView))]
[JsonSerializable(typeof(EarningsView))]
[JsonSerializable(typeof(WithdrawView))]
[JsonSerializable(typeof(ConvertView))]
[JsonSerializable(typeof(ActView))]
[JsonSerializable(typeof(InventoryView))]
[JsonSerializable(typeof(GpuTestView))]
[JsonSerializable(typeof(GpuView))]
[JsonSerializable(typeof(ErrorView))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
internal sealed partial class OperatorJson : JsonSerializerContext;
