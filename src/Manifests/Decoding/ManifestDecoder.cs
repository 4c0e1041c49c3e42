using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Reads a manifest from the JSON that tenants send. Pure; safe to call concurrently.</summary>
/// <remarks>
/// Follows the decoder of the market's reference provider where that shows in the hash: names without regard to case, unknown members
/// dropped, of duplicates the last wins, absent and null alike. Stricter where that helps nobody: amounts only in their shortest decimal
/// form, known endpoint kinds only, nothing after the document.
/// </remarks>
public static class ManifestDecoder
{
    private static readonly string[] GroupNames = ["name", "services"];

    private static readonly string[] ServiceNames =
        ["name", "image", "command", "args", "env", "resources", "count", "expose", "params", "credentials"];

    private static readonly string[] ExposeNames =
        ["port", "externalPort", "proto", "service", "global", "hosts", "httpOptions", "ip", "endpointSequenceNumber"];

    private static readonly string[] HttpNames =
        ["maxBodySize", "readTimeout", "sendTimeout", "nextTries", "nextTimeout", "nextCases", "proxyBufferSize"];

    private static readonly string[] ParamNames = ["storage", "credentials", "permissions", "tee"];
    private static readonly string[] MountNames = ["name", "mount", "readOnly"];
    private static readonly string[] PermissionNames = ["read"];
    private static readonly string[] TeeNames = ["type", "attestation"];
    private static readonly string[] CredentialNames = ["host", "email", "username", "password"];

    /// <summary>Reads a whole manifest. A document of <c>null</c> gives one without groups.</summary>
    /// <exception cref="ManifestException">The bytes are no manifest or beyond the limits; the message names the place.</exception>
    public static Manifest Decode(ReadOnlySpan<byte> json, ManifestLimits? limits = null)
    {
        limits ??= ManifestLimits.Default;
        if (json.Length > limits.MaxBytes) throw new ManifestException("", $"the manifest is larger than {limits.MaxBytes} bytes");
        var groupLimit = limits.MaxGroups;
        var serviceLimit = limits.MaxServices;
        var groups = new JsonInput(json, limits).Document<ValueList<ManifestGroup>?>(
            (ref JsonInput input, ValueList<ManifestGroup>? _) => input.List(groupLimit, ReadGroup, ManifestGroup.Empty), null);
        return new(groups ?? []);

        ManifestGroup ReadGroup(ref JsonInput input, ManifestGroup current) =>
            input.Object(GroupNames, current, (ref JsonInput value, string name, ManifestGroup group) => name switch
            {
                "name" => group with { Name = value.Text(group.Name) },
                _ => group with { Services = value.List(serviceLimit, ReadService, ManifestService.Empty) ?? [] },
            });
    }

    private static ManifestService ReadService(ref JsonInput input, ManifestService current) =>
        input.Object(ServiceNames, current, static (ref JsonInput value, string name, ManifestService service) => name switch
        {
            "name" => service with { Name = value.Text(service.Name) },
            "image" => service with { Image = value.Text(service.Image) },
            "command" => service with { Command = value.Texts() },
            "args" => service with { Args = value.Texts() },
            "env" => service with { Env = value.Texts() },
            "resources" => service with { Resources = ResourcesDecoder.Read(ref value, service.Resources) },
            "count" => service with { Count = value.UInt32(service.Count) },
            "expose" => service with { Expose = value.List(ReadExpose, ServiceExpose.Empty) },
            "params" => service with { Params = ReadParams(ref value, service.Params) },
            _ => service with { Credentials = ReadCredentials(ref value, service.Credentials) },
        });

    private static ServiceExpose ReadExpose(ref JsonInput input, ServiceExpose current) =>
        input.Object(ExposeNames, current, static (ref JsonInput value, string name, ServiceExpose expose) => name switch
        {
            "port" => expose with { Port = value.UInt32(expose.Port) },
            "externalPort" => expose with { ExternalPort = value.UInt32(expose.ExternalPort) },
            "proto" => expose with { Proto = value.Text(expose.Proto) },
            "service" => expose with { Service = value.Text(expose.Service) },
            "global" => expose with { Global = value.Boolean(expose.Global) },
            "hosts" => expose with { Hosts = value.Texts() },
            "httpOptions" => expose with { HttpOptions = ReadHttpOptions(ref value, expose.HttpOptions) },
            "ip" => expose with { Ip = value.Text(expose.Ip) },
            _ => expose with { EndpointSequenceNumber = value.UInt32(expose.EndpointSequenceNumber) },
        });

    private static HttpOptions ReadHttpOptions(ref JsonInput input, HttpOptions current) =>
        input.Object(HttpNames, current, static (ref JsonInput value, string name, HttpOptions http) => name switch
        {
            "maxBodySize" => http with { MaxBodySize = value.UInt32(http.MaxBodySize) },
            "readTimeout" => http with { ReadTimeout = value.UInt32(http.ReadTimeout) },
            "sendTimeout" => http with { SendTimeout = value.UInt32(http.SendTimeout) },
            "nextTries" => http with { NextTries = value.UInt32(http.NextTries) },
            "nextTimeout" => http with { NextTimeout = value.UInt32(http.NextTimeout) },
            "nextCases" => http with { NextCases = value.Texts() ?? ValueList.Create<string>([]) },
            _ => http with { ProxyBufferSize = value.UInt32(http.ProxyBufferSize) },
        });

    private static ServiceParams? ReadParams(ref JsonInput input, ServiceParams? current) => input.IsNull
        ? null
        : input.Object(ParamNames, current ?? ServiceParams.Empty, static (ref JsonInput value, string name, ServiceParams all) => name switch
        {
            "storage" => all with { Storage = value.List(ReadMount, StorageMount.Empty) },
            "credentials" => all with { Credentials = ReadCredentials(ref value, all.Credentials) },
            "permissions" => all with { Permissions = ReadPermissions(ref value, all.Permissions) },
            _ => all with { Tee = ReadTee(ref value, all.Tee) },
        });

    private static StorageMount ReadMount(ref JsonInput input, StorageMount current) =>
        input.Object(MountNames, current, static (ref JsonInput value, string name, StorageMount mount) => name switch
        {
            "name" => mount with { Name = value.Text(mount.Name) },
            "mount" => mount with { Mount = value.Text(mount.Mount) },
            _ => mount with { ReadOnly = value.Boolean(mount.ReadOnly) },
        });

    private static ServicePermissions? ReadPermissions(ref JsonInput input, ServicePermissions? current) => input.IsNull
        ? null
        : input.Object(PermissionNames, current ?? ServicePermissions.Empty, static (ref JsonInput value, string _, ServicePermissions all) =>
            all with { Read = value.Texts() ?? ValueList.Create<string>([]) });

    private static TeeParams? ReadTee(ref JsonInput input, TeeParams? current) => input.IsNull
        ? null
        : input.Object(TeeNames, current ?? TeeParams.Empty, static (ref JsonInput value, string name, TeeParams tee) => name switch
        {
            "type" => tee with { Type = value.Text(tee.Type) },
            _ => tee with { Attestation = value.Boolean(tee.Attestation) },
        });

    private static ImageCredentials? ReadCredentials(ref JsonInput input, ImageCredentials? current) => input.IsNull
        ? null
        : input.Object(CredentialNames, current ?? ImageCredentials.Empty, static (ref JsonInput value, string name, ImageCredentials all) => name switch
        {
            "host" => all with { Host = value.Text(all.Host) },
            "email" => all with { Email = value.Text(all.Email) },
            "username" => all with { Username = value.Text(all.Username) },
            _ => all with { Password = value.Text(all.Password) },
        });
}
