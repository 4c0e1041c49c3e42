using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using WireGroupSpec = ProviderAgent.Chain.Wire.Deployment.V1Beta4.GroupSpec;
using WireResources = ProviderAgent.Chain.Wire.Resource.Resources;
using WireUnit = ProviderAgent.Chain.Wire.Deployment.V1Beta4.ResourceUnit;

namespace ProviderAgent.Devnet.Modules.Deployments;

/// <summary>What the network accepts as a group. The bounds are hard-wired in every node.</summary>
internal static class GroupRules
{
    /// <summary>Group totals may be this many times the bound of one unit.</summary>
    private const int GroupFactor = 50;

    private static readonly Range Cpu = new("CPU", 10, 384_000);
    private static readonly Range Gpu = new("GPU", 0, 24);
    private static readonly Range Memory = new("memory", ByteSize.MiB, 2 * ByteSize.TiB);
    private static readonly Range Storage = new("storage", 5 * ByteSize.MiB, 32 * ByteSize.TiB);
    private static readonly Decimal18 MaxPrice = Decimal18.FromInteger(10_000_000);

    public static void Validate(WireGroupSpec spec)
    {
        if (spec.Name.Length == 0) throw SdkErrors.Unregistered("empty group spec name denomination");
        ValidateUnits(spec.Resources);
        ValidatePrices(spec);
    }

    /// <summary>The most that the tenant pays per block for the whole group. Only for validated groups.</summary>
    public static ChainPrice PriceOf(WireGroupSpec spec)
    {
        var sum = Decimal18.Zero;
        var denom = default(Denom);
        foreach (var unit in spec.Resources)
        {
            if (!ChainPrice.TryRead(unit.Price, out var price)) throw new ChainPanicException("invalid unit price");
            denom = price.Denom;
            sum += price.Amount * unit.Count;
        }

        return new(sum, denom);
    }

    private static void ValidateUnits(IReadOnlyCollection<WireUnit> units)
    {
        var ids = new HashSet<uint>();
        foreach (var unit in units)
        {
            var resources = unit.Resource ?? new();
            ValidateUnit(resources);
            if (!ids.Add(resources.Id)) throw SdkErrors.Unregistered($"duplicate resources ID ({resources.Id}) within group");
        }

        ValidateTotal(Cpu, units, resources => Number(resources.Cpu.Units));
        ValidateTotal(Gpu, units, resources => Number(resources.Gpu.Units), mayBeZero: true);
        ValidateTotal(Memory, units, resources => Number(resources.Memory.Quantity));
        foreach (var unit in units)
        {
            foreach (var volume in unit.Resource.Storage) ValidateTotal(Storage, Number(volume.Quantity) * unit.Count);
        }
    }

    private static void ValidateUnit(WireResources resources)
    {
        if (resources.Id == 0) throw SdkErrors.Unregistered("error: invalid resources ID (> 0 fails)");
        ValidateUnit(Cpu, resources.Cpu is null, resources.Cpu?.Units, resources.Cpu?.Attributes);
        ValidateUnit(Gpu, resources.Gpu is null, resources.Gpu?.Units, resources.Gpu?.Attributes);
        if (Number(resources.Gpu?.Units).IsZero && resources.Gpu?.Attributes.Count > 0)
        {
            throw SdkErrors.Unregistered("error: invalid GPU state. attributes cannot be present if units == 0");
        }

        ValidateUnit(Memory, resources.Memory is null, resources.Memory?.Quantity, resources.Memory?.Attributes);
        if (resources.Storage.Count == 0) throw SdkErrors.Unregistered("error: invalid unit storage, cannot be nil");
        foreach (var volume in resources.Storage) ValidateUnit(Storage, isMissing: false, volume.Quantity, volume.Attributes);
    }

    private static void ValidateUnit(
        Range range, bool isMissing, Wire.Resource.ResourceValue? value, IEnumerable<Wire.Attributes.Attribute>? attributes)
    {
        if (isMissing) throw SdkErrors.Unregistered($"error: invalid unit {range.Name}, cannot be nil");
        var number = Number(value);
        if (number < range.Min || number > range.Max)
        {
            throw SdkErrors.Unregistered(Text($"error: invalid unit {range.Name} ({range.Max} > {number} > {range.Min} fails)"));
        }

        AttributeRules.ValidateRequested(attributes ?? []);
    }

    private static void ValidateTotal(Range range, IEnumerable<WireUnit> units, Func<WireResources, BigInteger> of, bool mayBeZero = false)
    {
        var total = units.Aggregate(BigInteger.Zero, (sum, unit) => sum + of(unit.Resource) * unit.Count);
        if (!mayBeZero || !total.IsZero) ValidateTotal(range, total);
    }

    private static void ValidateTotal(Range range, BigInteger total)
    {
        if (total.Sign <= 0 || total > range.Max * GroupFactor)
        {
            throw SdkErrors.Unregistered(Text($"invalid total {range.Name} ({range.Max * GroupFactor} > {total} > 0 fails)"));
        }
    }

    private static void ValidatePrices(WireGroupSpec spec)
    {
        Denom? first = null;
        foreach (var unit in spec.Resources)
        {
            if (!ChainPrice.TryRead(unit.Price, out var price) || price.Amount.Sign < 0)
            {
                throw SdkErrors.Unregistered($"group {spec.Name}: error: invalid price object");
            }

            if (price.Amount > MaxPrice)
            {
                throw SdkErrors.Unregistered($"group {spec.Name}: error: invalid unit price ({MaxPrice} > {price} fails)");
            }

            first ??= price.Denom;
            if (price.Denom != first) throw SdkErrors.Unregistered($"multi-denomination group: ({price.Denom} == {first} fails)");
        }
    }

    /// <summary>The value of a validated field; amounts that are no number never get past the decoder.</summary>
    private static BigInteger Number(Wire.Resource.ResourceValue? value) =>
        WireNumbers.TryInteger(value?.Val ?? ByteString.Empty, out var number) ? number : BigInteger.MinusOne;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Range(string Name, BigInteger Min, BigInteger Max);
}
