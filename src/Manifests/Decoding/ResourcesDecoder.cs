using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads the resources of a service.</summary>
internal static class ResourcesDecoder
{
    private static readonly string[] Names = ["id", "cpu", "memory", "storage", "gpu", "endpoints"];
    private static readonly string[] UnitNames = ["units", "attributes"];
    private static readonly string[] SizeNames = ["size", "attributes"];
    private static readonly string[] VolumeNames = ["name", "size", "attributes"];
    private static readonly string[] AmountNames = ["val"];
    private static readonly string[] AttributeNames = ["key", "value"];
    private static readonly string[] EndpointNames = ["kind", "sequence_number"];

    private static readonly StorageVolume EmptyVolume = new("", default, []);

    public static ServiceResources Read(ref JsonInput input, ServiceResources current) =>
        input.Object(Names, current, static (ref JsonInput value, string name, ServiceResources all) => name switch
        {
            "id" => all with { Id = value.UInt32(all.Id) },
            "cpu" => all with { Cpu = ReadCpu(ref value, all.Cpu) },
            "memory" => all with { Memory = ReadMemory(ref value, all.Memory) },
            "storage" => all with { Storage = value.List(ReadVolume, EmptyVolume) },
            "gpu" => all with { Gpu = ReadGpu(ref value, all.Gpu) },
            _ => all with { Endpoints = value.List<ServiceEndpoint>(ReadEndpoint, default) },
        });

    private static CpuRequest? ReadCpu(ref JsonInput input, CpuRequest? current) => input.IsNull
        ? null
        : input.Object(UnitNames, current ?? CpuRequest.Empty, static (ref JsonInput value, string name, CpuRequest cpu) => name switch
        {
            "units" => cpu with { Units = new(ReadAmount(ref value, cpu.Units.Value)) },
            _ => cpu with { Attributes = ReadAttributes(ref value) },
        });

    private static MemoryRequest? ReadMemory(ref JsonInput input, MemoryRequest? current) => input.IsNull
        ? null
        : input.Object(SizeNames, current ?? MemoryRequest.Empty, static (ref JsonInput value, string name, MemoryRequest memory) => name switch
        {
            "size" => memory with { Size = new(ReadAmount(ref value, memory.Size.Bytes)) },
            _ => memory with { Attributes = ReadAttributes(ref value) },
        });

    private static GpuRequest? ReadGpu(ref JsonInput input, GpuRequest? current) => input.IsNull
        ? null
        : input.Object(UnitNames, current ?? GpuRequest.Empty, static (ref JsonInput value, string name, GpuRequest gpu) => name switch
        {
            "units" => gpu with { Units = ReadAmount(ref value, gpu.Units) },
            _ => gpu with { Attributes = ReadAttributes(ref value) },
        });

    private static StorageVolume ReadVolume(ref JsonInput input, StorageVolume current) =>
        input.Object(VolumeNames, current, static (ref JsonInput value, string name, StorageVolume volume) => name switch
        {
            "name" => volume with { Name = value.Text(volume.Name) },
            "size" => volume with { Size = new(ReadAmount(ref value, volume.Size.Bytes)) },
            _ => volume with { Attributes = ReadAttributes(ref value) },
        });

    private static long ReadAmount(ref JsonInput input, long current) =>
        input.Object(AmountNames, current, static (ref JsonInput value, string _, long _) => value.Amount());

    private static ValueList<MarketAttribute> ReadAttributes(ref JsonInput input) => input.List(ReadAttribute, new MarketAttribute("", "")) ?? [];

    private static MarketAttribute ReadAttribute(ref JsonInput input, MarketAttribute current) =>
        input.Object(AttributeNames, current, static (ref JsonInput value, string name, MarketAttribute attribute) => name switch
        {
            "key" => attribute with { Key = value.Text(attribute.Key) },
            _ => attribute with { Value = value.Text(attribute.Value) },
        });

    private static ServiceEndpoint ReadEndpoint(ref JsonInput input, ServiceEndpoint current) =>
        input.Object(EndpointNames, current, static (ref JsonInput value, string name, ServiceEndpoint endpoint) => name switch
        {
            "kind" => endpoint with { Kind = ReadKind(ref value, endpoint.Kind) },
            _ => endpoint with { Sequence = value.UInt32(endpoint.Sequence) },
        });

    private static EndpointKind ReadKind(ref JsonInput input, EndpointKind current)
    {
        var kind = input.UInt32((uint)current);
        return kind <= (uint)EndpointKind.LeasedIp ? (EndpointKind)kind : throw input.Problem("must be 0 (HTTP), 1 (port) or 2 (address)");
    }
}
