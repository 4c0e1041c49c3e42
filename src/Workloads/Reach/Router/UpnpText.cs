using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Reads what upnpc prints. Whoever answers in the local network has written much of it: what does not fit exactly is not believed.</summary>
internal static partial class UpnpText
{
    /// <summary>Longest description that is kept.</summary>
    public const int MaxDescription = 64;

    private const int MaxEntries = 2_048;
    private const int MaxUrl = 200;
    private const int MaxLine = 1_024;

    // Codes at which routers end their lists: no such index, no such entry.
    private const string EndOfList = "713";
    private const string NoEntry = "714";

    /// <summary>Addresses of the descriptions of all devices that call themselves a router.</summary>
    public static IEnumerable<string> Devices(string output) =>
        Lines(output).Select(line => line.StartsWith(" desc: ", StringComparison.Ordinal) ? line[" desc: ".Length..].Trim() : "").Where(url => url.Length > 0);

    /// <summary>True for a plain web address on that host, given as a number, that is safe as an argument.</summary>
    public static bool IsOf(string url, IPAddress host) =>
        url.Length <= MaxUrl
        && DeviceUrl().Match(url) is { Success: true } match
        && IPAddress.TryParse(match.Groups[1].Value, out var address) && address.Equals(host) && address.ToString() == match.Groups[1].Value
        && ushort.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    /// <summary>Host of such an address, for people; null when it is none.</summary>
    public static IPAddress? HostOf(string url) => DeviceUrl().Match(url) is { Success: true } match && IPAddress.TryParse(match.Groups[1].Value, out var address) ? address : null;

    /// <summary>True when a router was found, connected or not.</summary>
    public static bool IsRouter(string output) =>
        Lines(output).Any(line => line.StartsWith("Found valid IGD : ", StringComparison.Ordinal) || line.StartsWith("Found a (not connected?) IGD : ", StringComparison.Ordinal));

    /// <summary>The router's outside address; null when it does not say, or says none.</summary>
    public static IPAddress? Outside(string output) => Lines(output)
        .Where(line => line.StartsWith("ExternalIPAddress = ", StringComparison.Ordinal))
        .Select(line => ReadAddress(line["ExternalIPAddress = ".Length..].Trim()))
        .FirstOrDefault();

    /// <summary>The list of mappings.</summary>
    /// <returns>What could be read, and whether it is the whole list.</returns>
    public static (ValueList<RouterEntry> Entries, bool IsWhole) Entries(string output)
    {
        var entries = new List<RouterEntry>();
        var inList = false;
        foreach (var line in Lines(output))
        {
            if (!inList)
            {
                inList = line == " i protocol exPort->inAddr:inPort description remoteHost leaseTime";
                continue;
            }

            if (EndLine().Match(line) is { Success: true } end) return ([.. entries], end.Groups[1].Value is EndOfList or NoEntry);
            // The numbers follow each other: a line that somebody smuggled in with a description breaks the row.
            if (EntryLine().Match(line) is not { Success: true } match
                || match.Groups[1].Value != entries.Count.ToString(CultureInfo.InvariantCulture)
                || ReadPort(match.Groups[3].Value) is not { } outside
                || ReadAddress(match.Groups[4].Value) is not { } target
                || ReadPort(match.Groups[5].Value) is not { } inside
                || entries.Count == MaxEntries)
                return ([.. entries], false);
            entries.Add(new(outside, match.Groups[2].Value == "UDP" ? PortProtocol.Udp : PortProtocol.Tcp, new(target, inside), Printable(match.Groups[6].Value)));
        }

        return ([.. entries], false);
    }

    /// <summary>For how long a mapping was given; null when it was not.</summary>
    public static TimeSpan? Granted(string output, int outsidePort, PortProtocol protocol, IPEndPoint target)
    {
        foreach (var line in Lines(output))
        {
            if (GrantLine().Match(line) is { Success: true } match
                && ReadPort(match.Groups[1].Value) == outsidePort
                && match.Groups[2].Value == Name(protocol)
                && match.Groups[3].Value == target.ToString()
                && uint.TryParse(match.Groups[4].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return TimeSpan.FromSeconds(seconds);
        }

        return null;
    }

    /// <summary>Why a mapping was refused: the router's number and words.</summary>
    public static (int Code, string Text)? Refusal(string output)
    {
        foreach (var line in Lines(output))
        {
            if (RefusalLine().Match(line) is { Success: true } match && int.TryParse(match.Groups[1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code))
                return (code, Printable(match.Groups[2].Value));
        }

        return null;
    }

    /// <summary>The number with which a deletion ended; null when there is none.</summary>
    public static int? Deleted(string output)
    {
        const string says = "UPNP_DeletePortMapping() returned : ";
        foreach (var line in Lines(output).Where(line => line.StartsWith(says, StringComparison.Ordinal)))
        {
            if (int.TryParse(line[says.Length..].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code)) return code;
        }

        return null;
    }

    /// <summary>As upnpc spells it.</summary>
    public static string Name(PortProtocol protocol) => protocol == PortProtocol.Udp ? "UDP" : "TCP";

    /// <summary>A stranger's words, fit for a log: printable ASCII of bounded length.</summary>
    public static string Printable(string text)
    {
        var kept = string.Concat(text.Take(MaxDescription).Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
        return text.Length > MaxDescription ? kept + "…" : kept;
    }

    private static IEnumerable<string> Lines(string output) => output.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length <= MaxLine);

    private static int? ReadPort(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;

    // Only the usual form: the runtime takes "1" and "0x7f.1" for addresses too.
    internal static IPAddress? ReadAddress(string text) => IPAddress.TryParse(text, out var address) && address.ToString() == text ? address : null;

    [GeneratedRegex(@"^http://([0-9.]{7,15}):([0-9]{1,5})(/[A-Za-z0-9._~/\-]{0,150})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DeviceUrl();

    [GeneratedRegex(@"^ ?([0-9]{1,4}) (TCP|UDP) {1,5}([0-9]{1,5})->([0-9.]{7,15}):([0-9]{1,5}) {1,5}'(.*)' '([^']{0,64})' ([0-9]{1,10})$", RegexOptions.CultureInvariant)]
    private static partial Regex EntryLine();

    [GeneratedRegex(@"^GetGenericPortMappingEntry\(\) returned (-?[0-9]{1,5}) \(", RegexOptions.CultureInvariant)]
    private static partial Regex EndLine();

    [GeneratedRegex(@"^external [0-9a-fA-F.:]{0,45}:([0-9]{1,5}) (TCP|UDP) is redirected to internal ([0-9.]{7,15}:[0-9]{1,5}) \(duration=([0-9]{1,10})\)$", RegexOptions.CultureInvariant)]
    private static partial Regex GrantLine();

    [GeneratedRegex(@"^AddPortMapping\([^)]{0,60}\) failed with code (-?[0-9]{1,5}) \((.{0,100})\)$", RegexOptions.CultureInvariant)]
    private static partial Regex RefusalLine();
}
