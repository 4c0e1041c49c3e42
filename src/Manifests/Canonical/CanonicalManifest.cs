using System.Security.Cryptography;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>The one byte form of a manifest, and the hash over it that the tenant puts on the market.</summary>
/// <remarks>
/// Member order, what is left out and what is written as null all enter the hash, so none of it may change. U+2028 and U+2029 are
/// escaped, as the reference provider does; a tenant's tool that does not escape them makes a hash that no provider accepts.
/// </remarks>
public static class CanonicalManifest
{
    /// <summary>The canonical bytes of a whole manifest.</summary>
    public static byte[] Encode(Manifest manifest)
    {
        var json = new CanonicalJson();
        json.List<ManifestGroup>(manifest.Groups, WriteGroup);
        return json.ToArray();
    }

    /// <summary>One group in an array of its own: what a tenant gets back for one lease.</summary>
    public static byte[] EncodeGroup(ManifestGroup group) => Encode(new Manifest([group]));

    /// <summary>SHA-256 over <see cref="Encode"/>.</summary>
    public static ManifestHash Hash(Manifest manifest) => Hash(Encode(manifest));

    /// <summary>SHA-256 over canonical bytes that <see cref="Encode"/> has made.</summary>
    public static ManifestHash Hash(ReadOnlySpan<byte> canonical)
    {
        Span<byte> sum = stackalloc byte[ManifestHash.Size];
        SHA256.HashData(canonical, sum);
        return ManifestHash.TryCreate(sum, out var hash) ? hash : throw new InvalidOperationException("SHA-256 is not 32 bytes");
    }

    private static void WriteGroup(CanonicalJson json, ManifestGroup group)
    {
        json.BeginObject();
        json.Text("name", group.Name);
        json.Name("services");
        json.List<ManifestService>(group.Services, WriteService);
        json.EndObject();
    }

    private static void WriteService(CanonicalJson json, ManifestService service)
    {
        json.BeginObject();
        json.Texts("args", service.Args);
        json.Texts("command", service.Command);
        json.Number("count", service.Count);
        json.Name("credentials");
        WriteCredentials(json, service.Credentials);
        json.Texts("env", service.Env);
        json.Name("expose");
        json.List(service.Expose, WriteExpose);
        json.Text("image", service.Image);
        json.Text("name", service.Name);
        if (service.Params is { } all)
        {
            json.Name("params");
            WriteParams(json, all);
        }

        json.Name("resources");
        CanonicalResources.Write(json, service.Resources);
        json.EndObject();
    }

    private static void WriteExpose(CanonicalJson json, ServiceExpose expose)
    {
        json.BeginObject();
        json.Number("endpointSequenceNumber", expose.EndpointSequenceNumber);
        json.Number("externalPort", expose.ExternalPort);
        json.Boolean("global", expose.Global);
        json.Texts("hosts", expose.Hosts);
        json.Name("httpOptions");
        WriteHttpOptions(json, expose.HttpOptions);
        json.Text("ip", expose.Ip);
        json.Number("port", expose.Port);
        json.Text("proto", expose.Proto);
        json.Text("service", expose.Service);
        json.EndObject();
    }

    private static void WriteHttpOptions(CanonicalJson json, HttpOptions http)
    {
        json.BeginObject();
        json.Number("maxBodySize", http.MaxBodySize);
        if (http.NextCases.Count > 0) json.Texts("nextCases", http.NextCases);
        json.Number("nextTimeout", http.NextTimeout);
        json.Number("nextTries", http.NextTries);
        if (http.ProxyBufferSize > 0) json.Number("proxyBufferSize", http.ProxyBufferSize);
        json.Number("readTimeout", http.ReadTimeout);
        json.Number("sendTimeout", http.SendTimeout);
        json.EndObject();
    }

    private static void WriteParams(CanonicalJson json, ServiceParams all)
    {
        json.BeginObject();
        if (all.Credentials is not null)
        {
            json.Name("credentials");
            WriteCredentials(json, all.Credentials);
        }

        if (all.Permissions is { } permissions)
        {
            json.Name("permissions");
            json.BeginObject();
            if (permissions.Read.Count > 0) json.Texts("read", permissions.Read);
            json.EndObject();
        }

        json.Name("storage");
        json.List(all.Storage, WriteMount);
        if (all.Tee is { } tee)
        {
            json.Name("tee");
            json.BeginObject();
            json.Boolean("attestation", tee.Attestation);
            json.Text("type", tee.Type);
            json.EndObject();
        }

        json.EndObject();
    }

    private static void WriteMount(CanonicalJson json, StorageMount mount)
    {
        json.BeginObject();
        json.Text("mount", mount.Mount);
        json.Text("name", mount.Name);
        json.Boolean("readOnly", mount.ReadOnly);
        json.EndObject();
    }

    private static void WriteCredentials(CanonicalJson json, ImageCredentials? credentials)
    {
        if (credentials is null)
        {
            json.Null();
            return;
        }

        json.BeginObject();
        json.Text("email", credentials.Email);
        json.Text("host", credentials.Host);
        json.Text("password", credentials.Password);
        json.Text("username", credentials.Username);
        json.EndObject();
    }
}
