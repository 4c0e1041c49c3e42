using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>A port under which the other services of the lease reach a service, where it is not the one that the service listens on.</summary>
/// <param name="Port">What others connect to.</param>
/// <param name="ContainerPort">Where the service listens.</param>
/// <param name="Protocol">TCP or UDP.</param>
public sealed record PortAlias(int Port, int ContainerPort, PortProtocol Protocol)
{
    /// <summary>As in labels: <c>80:8080/tcp</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Port}:{ContainerPort}/{NftTable.Protocol(Protocol)}");

    /// <summary>Several, with commas between.</summary>
    public static string Join(IEnumerable<PortAlias> ports) => string.Join(',', ports);

    /// <summary>Reads what <see cref="Join"/> writes. What cannot be read is left out: somebody changed the label by hand.</summary>
    public static ValueList<PortAlias> Read(string? text)
    {
        var ports = new List<PortAlias>();
        foreach (var item in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.Split(':', '/') is [var port, var containerPort, "tcp" or "udp"]
                && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var outer) && outer > 0
                && ushort.TryParse(containerPort, NumberStyles.None, CultureInfo.InvariantCulture, out var inner) && inner > 0)
                ports.Add(new(outer, inner, item.EndsWith("/udp", StringComparison.Ordinal) ? PortProtocol.Udp : PortProtocol.Tcp));
        }

        return [.. ports];
    }
}
