using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace ProviderAgent.Workloads;

/// <summary>Reads what natpmpc prints. What does not fit exactly is not believed.</summary>
internal static partial class NatPmpText
{
    /// <summary>The router's outside address; null when it does not say.</summary>
    public static IPAddress? Outside(string output) => AddressLine().Match(output) is { Success: true } match ? UpnpText.ReadAddress(match.Groups[1].Value) : null;

    /// <summary>Seconds since the router began to keep mappings; null when it does not say.</summary>
    public static uint? Epoch(string output) => EpochLine().Match(output) is { Success: true } match && uint.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : null;

    /// <summary>The mapping that was given; null when none was.</summary>
    public static (int OutsidePort, TimeSpan Lifetime)? Granted(string output, PortProtocol protocol, int insidePort)
    {
        if (GrantLine().Match(output) is not { Success: true } match
            || match.Groups[2].Value != UpnpText.Name(protocol)
            || !ushort.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var outside)
            || !ushort.TryParse(match.Groups[3].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var inside) || inside != insidePort
            || !uint.TryParse(match.Groups[4].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return null;
        return (outside, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>The router's own no: "network failure" or the like; null when the program gave up on it.</summary>
    public static string? Refusal(string errors) => RefusalLine().Match(errors) is { Success: true } match ? UpnpText.Printable(match.Groups[1].Value) : null;

    [GeneratedRegex(@"^Public IP address : ([0-9.]{7,15})$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex AddressLine();

    [GeneratedRegex(@"^epoch = ([0-9]{1,10})$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex EpochLine();

    // The program's own spelling.
    [GeneratedRegex(@"^Mapped public port ([0-9]{1,5}) protocol (TCP|UDP) to local port ([0-9]{1,5}) liftime ([0-9]{1,10})$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex GrantLine();

    [GeneratedRegex(@"^readnatpmpresponseorretry\(\) failed : (not authorized|network failure|nat-pmp server out of resources|unsupported nat-pmp (?:version|opcode) error from server|undefined nat-pmp server error)$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex RefusalLine();
}
