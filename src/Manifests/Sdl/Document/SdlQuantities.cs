using System.Globalization;
using System.Text.RegularExpressions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Amounts with units. Reckoned in binary floating point, because the market's own tool does so and the results enter the manifest's hash.</summary>
internal static partial class SdlQuantities
{
    private const string Prefixes = "kmgtpe";

    /// <summary>Cores (<c>0.5</c>, <c>"2"</c>) or thousandths of a core (<c>500m</c>). Finer parts are dropped.</summary>
    public static MilliCpu Cpu(SdlField field)
    {
        var node = field.Node;
        if (node.Kind == YamlKind.Scalar && !node.IsNull && CpuUnits().Match(node.Text) is { Success: true } match
            && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount))
        {
            // 1.001 cores come out as 1000.9999999999999 thousandths: round what is no more than the noise of the format before dropping.
            var milli = Math.Floor((match.Groups[2].Length > 0 ? amount : amount * 1000) + 1e-6);
            if (milli >= MarketLimits.MinCpu.Value && milli <= MarketLimits.MaxCpu.Value) return new((long)milli);
        }

        field.Fail($"must be cores such as 0.5 or thousandths such as 500m, {MarketLimits.MinCpu} to {MarketLimits.MaxCpu}; is {node.Describe()}");
        return MarketLimits.MinCpu;
    }

    /// <summary>A number with a suffix of powers of 1000 (<c>k M G T P E</c>) or 1024 (<c>Ki</c> …), in whole bytes rounded up.</summary>
    public static ByteSize Size(SdlField field, ByteSize min, ByteSize max)
    {
        var node = field.Node;
        if (node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text } && SizeWithUnit().Match(node.Text) is { Success: true } match
            && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount))
        {
            var power = Prefixes.IndexOf(char.ToLowerInvariant(match.Groups[2].ValueSpan[0]), StringComparison.Ordinal) + 1;
            var bytes = Math.Ceiling(amount * Math.Pow(match.Groups[3].Length > 0 ? 1024 : 1000, power));
            if (bytes >= min.Bytes && bytes <= max.Bytes) return new((long)bytes);
        }

        field.Fail($"must be a size with a unit such as 512Mi or 1.5Gi, {min} to {max}; is {node.Describe()}");
        return min;
    }

    /// <summary>Memory of a GPU such as <c>80Gi</c>; enters the attribute as it is written.</summary>
    public static void CheckGpuMemory(SdlField field)
    {
        if (field.Node is not { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text } || !GpuMemory().IsMatch(field.Node.Text)) field.Fail($"must be the memory of the card such as 80Gi; is {field.Node.Describe()}");
    }

    [GeneratedRegex("^([0-9]+(?:\\.[0-9]*)?(?:[eE][0-9]{1,2})?|\\.[0-9]+)(m?)\\z", RegexOptions.NonBacktracking)]
    private static partial Regex CpuUnits();

    [GeneratedRegex("^([0-9]+(?:\\.[0-9]+)?)([kKmMgGtTpPeE])(i?)\\z", RegexOptions.NonBacktracking)]
    private static partial Regex SizeWithUnit();

    [GeneratedRegex("^[0-9]{1,6}(Ki|Mi|Gi|Ti)\\z", RegexOptions.NonBacktracking)]
    private static partial Regex GpuMemory();
}
