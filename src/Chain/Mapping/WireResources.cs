using Google.Protobuf.Collections;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Wire.Resource;
using ProviderAgent.Marketplace;
using ResourcesMessage = ProviderAgent.Chain.Wire.Resource.Resources;
using WireAttribute = ProviderAgent.Chain.Wire.Attributes.Attribute;

namespace ProviderAgent.Chain.Mapping;

/// <summary>The needs of one replica between the wire and the market's vocabulary.</summary>
internal static class WireResources
{
    /// <summary>All sub-messages are written even when they are empty, as the chain itself does.</summary>
    public static ResourcesMessage ToWire(Marketplace.Resources resources)
    {
        var wire = new ResourcesMessage
        {
            Id = resources.Id,
            Cpu = new() { Units = Value(resources.Cpu.Value), Attributes = { ToWire(resources.CpuAttributes) } },
            Memory = new() { Quantity = Value(resources.Memory.Bytes), Attributes = { ToWire(resources.MemoryAttributes) } },
            Gpu = new() { Units = Value(resources.Gpus), Attributes = { ToWire(resources.GpuAttributes) } },
        };
        foreach (var volume in resources.Storage)
        {
            wire.Storage.Add(new Storage { Name = volume.Name, Quantity = Value(volume.Size.Bytes), Attributes = { ToWire(volume.Attributes) } });
        }

        foreach (var endpoint in resources.Endpoints)
        {
            wire.Endpoints.Add(new Endpoint { Kind = (Endpoint.Types.Kind)endpoint.Kind, SequenceNumber = endpoint.Sequence });
        }

        return wire;
    }

    /// <exception cref="MalformedWireException">A part is missing, a quantity is no number from 0 up, or an endpoint is of an unknown kind.</exception>
    public static Marketplace.Resources ToResources(ResourcesMessage? wire)
    {
        if (wire is null) throw new MalformedWireException("a resource unit has no resources");
        if (wire.Id == 0) throw new MalformedWireException("a resource unit has no number");
        if (wire.Cpu is null || wire.Memory is null) throw new MalformedWireException($"resource unit {wire.Id} lacks CPU or memory");
        var gpus = wire.Gpu is null ? 0 : WireInteger.ParseQuantity(wire.Gpu.Units?.Val, "number of GPUs");
        if (gpus > int.MaxValue) throw new MalformedWireException($"{gpus} GPUs are too many");
        return new()
        {
            Id = wire.Id,
            Cpu = new(WireInteger.ParseQuantity(wire.Cpu.Units?.Val, "CPU")),
            CpuAttributes = ToAttributes(wire.Cpu.Attributes),
            Memory = new(WireInteger.ParseQuantity(wire.Memory.Quantity?.Val, "memory")),
            MemoryAttributes = ToAttributes(wire.Memory.Attributes),
            Storage = wire.Storage.Select(ToVolume).ToValueList(),
            Gpus = (int)gpus,
            GpuAttributes = ToAttributes(wire.Gpu?.Attributes ?? []),
            Endpoints = wire.Endpoints.Select(ToEndpoint).ToValueList(),
        };
    }

    public static IEnumerable<WireAttribute> ToWire(ValueList<MarketAttribute> attributes) =>
        attributes.Select(attribute => new WireAttribute { Key = attribute.Key, Value = attribute.Value });

    public static ValueList<MarketAttribute> ToAttributes(RepeatedField<WireAttribute> wire) =>
        wire.Select(attribute => new MarketAttribute(attribute.Key, attribute.Value)).ToValueList();

    private static StorageVolume ToVolume(Storage wire) =>
        new(wire.Name, new(WireInteger.ParseQuantity(wire.Quantity?.Val, "storage")), ToAttributes(wire.Attributes));

    private static ServiceEndpoint ToEndpoint(Endpoint wire) =>
        Enum.IsDefined(wire.Kind)
            ? new((EndpointKind)wire.Kind, wire.SequenceNumber)
            : throw new MalformedWireException($"endpoint kind {(int)wire.Kind} is not known");

    private static ResourceValue Value(long value) => new() { Val = WireInteger.FormatBytes(value) };
}
