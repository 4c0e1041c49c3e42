using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ProviderAgent.Manifests;

namespace ProviderAgent.Workloads;

/// <summary>Where one instance of nginx has its files. Everything is below one folder.</summary>
/// <param name="Folder">Absolute.</param>
internal sealed record NginxPaths(string Folder)
{
    /// <summary>The configuration in force.</summary>
    public string Config => $"{Folder}/nginx.conf";

    public string Pid => $"{Folder}/nginx.pid";

    public string ErrorLog => $"{Folder}/error.log";

    /// <summary>In which run of this host the configuration was last known to be right.</summary>
    public string Boot => $"{Folder}/boot";

    /// <summary>Certificates and keys in use, under names that follow from their content.</summary>
    public string Certificates => $"{Folder}/certificates";

    /// <summary>Where it says which configuration it has; another name after this one was lost.</summary>
    public string Control(int attempt) => string.Create(CultureInfo.InvariantCulture, $"{Folder}/control-{attempt}.sock");

    public string CertificateFile(ServingCertificate certificate) => $"{Certificates}/{certificate.Fingerprint}.crt";

    public string KeyFile(ServingCertificate certificate) => $"{Certificates}/{certificate.Fingerprint}.key";
}

/// <summary>Writes values into nginx's configuration. Whatever reaches a file is made of numbers, addresses and letters that were looked at here.</summary>
internal static class NginxText
{
    /// <summary>Bytes of a request's body where the tenant says nothing: what the tenants' own tools put in.</summary>
    public const uint DefaultBody = 1_048_576;

    private const uint LargestBody = 104_857_600;
    private const uint LargestTimeoutSeconds = 60;
    private const uint DefaultTries = 3;
    private const uint MostTries = 100;
    private const uint LongestNextSeconds = 3_600;
    private const uint DefaultBuffer = 16_384;
    private const uint SmallestBuffer = 4_096;
    private const uint LargestBuffer = 1_048_576;

    private static readonly string[] Statuses = ["403", "404", "429", "500", "502", "503", "504"];

    /// <summary>An absolute path without anything that has a meaning for nginx.</summary>
    public static bool IsSafePath(string path) =>
        path is ['/', _, ..] && path.Length <= 1_024 && !path.Contains("..", StringComparison.Ordinal) && path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or '+');

    public static string Path(string path) => IsSafePath(path) ? path : throw new ArgumentException($"'{path}' cannot be named in nginx's configuration: use letters, digits and / . _ - +", nameof(path));

    public static string Host(string host) => HostName.IsSafe(host) ? host : throw new ArgumentException($"'{host}' is no host name", nameof(host));

    /// <summary>A short name for a route that is the same in every configuration.</summary>
    public static string RouteName(IngressRoute route) => "r" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{route.Lease}/{route.Service}/{route.Port}"))).AsSpan(0, 8));

    /// <summary>Largest body; 0 stands for the default, for nginx would take it as no limit at all.</summary>
    public static uint BodySize(HttpOptions http) => http.MaxBodySize == 0 ? DefaultBody : Math.Min(http.MaxBodySize, LargestBody);

    /// <summary>Milliseconds as whole seconds, rounded up; 0 stands for the default.</summary>
    public static uint TimeoutSeconds(uint milliseconds) => milliseconds == 0 ? LargestTimeoutSeconds : Math.Min(RoundUp(milliseconds), LargestTimeoutSeconds);

    /// <summary>When another replica is tried, in nginx's words. Unknown cases are left out.</summary>
    public static string NextCases(HttpOptions http)
    {
        if (http.NextCases.Count == 0) return "error timeout";
        if (http.NextCases.Contains("off")) return "off";
        var cases = http.NextCases.Select(Case).OfType<string>().Distinct().ToArray();
        return cases.Length == 0 ? "error timeout" : string.Join(' ', cases);
    }

    /// <summary>Replicas tried in all; 0 stands for the default.</summary>
    public static uint NextTries(HttpOptions http) => http.NextTries == 0 ? DefaultTries : Math.Min(http.NextTries, MostTries);

    /// <summary>For all tries together; 0 for no limit.</summary>
    public static uint NextTimeoutSeconds(HttpOptions http) => Math.Min(RoundUp(http.NextTimeout), LongestNextSeconds);

    /// <summary>For the header of a reply.</summary>
    public static uint BufferSize(HttpOptions http) => http.ProxyBufferSize == 0 ? DefaultBuffer : Math.Clamp(http.ProxyBufferSize, SmallestBuffer, LargestBuffer);

    private static uint RoundUp(uint milliseconds) => (uint)((milliseconds + 999UL) / 1000);

    private static string? Case(string wanted) => wanted switch
    {
        "error" => "error",
        "timeout" => "timeout",
        _ => Array.IndexOf(Statuses, wanted) is >= 0 and var index ? "http_" + Statuses[index] : null,
    };
}
