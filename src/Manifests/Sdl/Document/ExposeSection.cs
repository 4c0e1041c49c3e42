using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads one entry of a service's <c>expose</c>.</summary>
internal static class ExposeSection
{
    // Bounds of the SDL schema.
    private const long MaxBodySize = 104_857_600;
    private const long MaxTimeout = 60_000;
    private const long MaxProxyBuffer = 1_048_576;
    private const string Off = "off";

    private static readonly string[] Keys = ["port", "as", "proto", "accept", "http_options", "to"];

    private static readonly string[] HttpKeys =
        ["max_body_size", "read_timeout", "send_timeout", "next_tries", "next_timeout", "next_cases", "proxy_buffer_size"];

    private static readonly string[] Cases = ["error", "timeout", "500", "502", "503", "504", "403", "404", "429", Off];

    public static SdlExpose Read(SdlField field)
    {
        var map = field.Map(Keys);
        return new(
            map.Require("port", "80", out var value) ? ReadPort(value) : 1,
            map.Has("as", out value) ? ReadPort(value) : 0,
            map.Has("proto", out value) ? ReadProto(value) : ServiceExpose.Tcp,
            map.Has("accept", out value) ? ReadHosts(value) : ValueList.Create<string>([]),
            map.Has("http_options", out value) ? ReadHttp(value.Map(HttpKeys)) : Defaults,
            map.Has("to", out value) ? [.. value.List().Select(ReadTo)] : []);
    }

    /// <summary>What is written into a manifest for options that the file leaves out.</summary>
    private static HttpOptions Defaults => new()
    {
        MaxBodySize = 1_048_576,
        ReadTimeout = (uint)MaxTimeout,
        SendTimeout = (uint)MaxTimeout,
        NextTries = 3,
        NextCases = ["error", "timeout"],
    };

    private static uint ReadPort(SdlField field) => (uint)field.Integer(1, ushort.MaxValue);

    private static string ReadProto(SdlField field) =>
        field.OneOf("TCP", "UDP", "tcp", "udp") is "UDP" or "udp" ? ServiceExpose.Udp : ServiceExpose.Tcp;

    private static ValueList<string> ReadHosts(SdlField field)
    {
        var hosts = field.List();
        foreach (var host in hosts)
        {
            if (host.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text } node && !Names.IsHost(node.Text)) host.Fail("must be a host name in lower case such as www.example.com, without scheme, port or path");
        }

        return hosts.Select(host => host.Text()).ToValueList();
    }

    private static SdlExposeTo ReadTo(SdlField field)
    {
        var map = field.Map("service", "global", "ip");
        var ip = map.Has("ip", out var value) ? value.Text() : "";
        if (ip.Length == 0 && value.Node is { Kind: YamlKind.Scalar, Scalar: YamlScalar.Text }) value.Fail("must name an endpoint; remove it if none is wanted");
        var service = map.Has("service", out var name) ? name.Text() : "";
        return new(field, service, map.Has("global", out var global) && global.Boolean(), ip);
    }

    private static HttpOptions ReadHttp(SdlMap map) => new()
    {
        MaxBodySize = Number(map, "max_body_size", Defaults.MaxBodySize, MaxBodySize),
        ReadTimeout = Number(map, "read_timeout", Defaults.ReadTimeout, MaxTimeout),
        SendTimeout = Number(map, "send_timeout", Defaults.SendTimeout, MaxTimeout),
        NextTries = Number(map, "next_tries", Defaults.NextTries, uint.MaxValue),
        NextTimeout = Number(map, "next_timeout", Defaults.NextTimeout, uint.MaxValue),
        NextCases = map.Has("next_cases", out var cases) ? ReadCases(cases) : Defaults.NextCases,
        ProxyBufferSize = Number(map, "proxy_buffer_size", Defaults.ProxyBufferSize, MaxProxyBuffer),
    };

    private static ValueList<string> ReadCases(SdlField field)
    {
        var cases = field.List().Select(item => item.OneOf(Cases)).ToValueList();
        if (cases.Count > 1 && cases.Contains(Off)) field.Fail("'off' stands alone; remove it or the other cases");
        return cases;
    }

    private static uint Number(SdlMap map, string name, uint fallback, long max) =>
        map.Has(name, out var field) ? (uint)field.Integer(0, max) : fallback;
}
