using System.Net;
using System.Net.Sockets;

namespace ProviderAgent.Workloads;

/// <summary>Name servers that this host asks.</summary>
internal static class NameServers
{
    private const int DnsPort = 53;
    private const int MaxServers = 8;
    private const string ResolvConf = "/etc/resolv.conf";

    /// <summary>Reads an address with or without a port.</summary>
    public static bool TryParse(string text, out IPEndPoint server)
    {
        server = new(IPAddress.None, DnsPort);
        // The runtime takes an address in brackets with a port for an address, and drops the port.
        if (!text.StartsWith('[') && IPAddress.TryParse(text, out var address)) server = new(address, DnsPort);
        else if (IPEndPoint.TryParse(text, out var full) && full.Port != 0) server = full;
        else return false;
        return true;
    }

    /// <summary>Those configured, else those of this host.</summary>
    public static IReadOnlyList<IPEndPoint> Of(IngressOptions options)
    {
        var texts = options.Resolvers.Count > 0 ? options.Resolvers : HostServers();
        return [.. texts.Select(text => TryParse(text, out var server) ? server : null).OfType<IPEndPoint>().Where(server => server.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6).Take(MaxServers)];
    }

    private static IEnumerable<string> HostServers()
    {
        try
        {
            return [.. File.ReadLines(ResolvConf).Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(words => words is ["nameserver", _, ..]).Select(words => words[1])];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
