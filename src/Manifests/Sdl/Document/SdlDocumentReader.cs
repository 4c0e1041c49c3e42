using System.Globalization;
using System.Text.RegularExpressions;

namespace ProviderAgent.Manifests;

/// <summary>Reads the top level of an SDL file: each section into its type, with every value checked by itself.</summary>
internal static partial class SdlDocumentReader
{
    private static readonly string[] Keys = ["version", "include", "services", "profiles", "deployment", "endpoints", "reclamation"];

    public static SdlDocument Read(YamlNode root, SdlProblems problems)
    {
        var file = new SdlField(root, "", problems).Map(Keys);
        var version = file.Require("version", "\"2.0\"", out var field) ? ReadVersion(field) : "2.0";
        if (file.Has("include", out var include)) _ = include.Texts(); // part of the format, without effect
        IReadOnlyDictionary<string, SdlCompute> compute = new Dictionary<string, SdlCompute>();
        IReadOnlyDictionary<string, SdlPlacement> placements = new Dictionary<string, SdlPlacement>();
        if (file.Require("profiles", "{compute: …, placement: …}", out var profiles))
        {
            var sections = profiles.Map("compute", "placement");
            if (sections.Require("compute", "{web: {resources: …}}", out var section)) compute = ReadEach(section, ComputeSection.Read);
            if (sections.Require("placement", "{anywhere: {pricing: …}}", out section)) placements = ReadEach(section, PlacementSection.Read);
        }

        return new()
        {
            IsVersion21 = version == "2.1",
            Services = file.Require("services", "{web: {image: nginx, expose: …}}", out var services) ? ReadServices(services) : new Dictionary<string, SdlService>(),
            Compute = compute,
            Placements = placements,
            Deployments = file.Require("deployment", "{web: {anywhere: {profile: web, count: 1}}}", out var deployment)
                ? ReadEach(deployment, ReadDeployment)
                : new Dictionary<string, SdlServicePlacements>(),
            Endpoints = file.Has("endpoints", out var endpoints) ? ReadEndpoints(endpoints) : new Dictionary<string, SdlField>(),
            MinReclaimWindow = file.Has("reclamation", out var reclamation) ? ReadReclamation(reclamation) : null,
        };
    }

    /// <summary>Reads each member of a mapping with free names.</summary>
    internal static Dictionary<string, T> ReadEach<T>(SdlField section, Func<SdlField, T> read)
    {
        var all = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (name, field) in section.Map().Members)
        {
            if (name.Length == 0) field.Fail("a name must not be empty");
            else all[name] = read(field);
        }

        return all;
    }

    private static string ReadVersion(SdlField field)
    {
        if (field.Node is { Kind: YamlKind.Scalar, Text: "2.0" or "2.1" } node) return node.Text; // also without quotes: nothing else can be meant
        field.Fail($"must be \"2.0\" or \"2.1\", is {field.Node.Describe()}");
        return "2.0";
    }

    private static Dictionary<string, SdlService> ReadServices(SdlField section)
    {
        var services = ReadEach(section, ServiceSection.Read);
        if (section.Node is { Kind: YamlKind.Mapping, Members.Count: 0 }) section.Fail("must name at least one service");
        foreach (var (name, service) in services)
        {
            if (!Names.IsService(name)) service.Field.Fail($"a service name is a lower-case letter, then letters, digits or hyphens, at most {Names.MaxServiceLength} in all; rename '{name}'");
        }

        return services;
    }

    private static SdlServicePlacements ReadDeployment(SdlField field)
    {
        var placements = ReadEach(field, static placement =>
        {
            var map = placement.Map("profile", "count");
            var profile = map.Require("profile", "web", out var value) ? value.Text() : "";
            var count = map.Require("count", "1", out value) ? (int)value.Integer(1, int.MaxValue) : 1;
            return new SdlReplicas(placement, profile, count);
        });
        if (field.Node is { Kind: YamlKind.Mapping, Members.Count: 0 }) field.Fail("must name at least one placement");
        return new(field, placements);
    }

    private static Dictionary<string, SdlField> ReadEndpoints(SdlField section)
    {
        var endpoints = ReadEach(section, static endpoint =>
        {
            if (endpoint.Map("kind").Require("kind", "ip", out var kind)) kind.OneOf("ip");
            return endpoint;
        });
        foreach (var (name, endpoint) in endpoints)
        {
            if (!EndpointName().IsMatch(name)) endpoint.Fail("an endpoint name is a lower-case letter, then at least one letter, digit, hyphen or underscore; rename it");
        }

        return endpoints;
    }

    private static TimeSpan? ReadReclamation(SdlField field)
    {
        if (!field.Map("min_window").Require("min_window", "24h", out var window)) return null;
        var text = window.Text();
        var match = Window().Match(text);
        if (match.Success && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            var unit = match.Groups[2].ValueSpan switch { "s" => 1L, "m" => 60L, _ => 3600L };
            if (amount <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond / unit) return TimeSpan.FromSeconds(amount * unit);
        }

        if (text.Length > 0) window.Fail($"must be a whole number above 0 followed by s, m or h, for example 24h; is {window.Node.Describe()}");
        return null;
    }

    [GeneratedRegex("^[a-z]+[-_0-9a-z]+\\z", RegexOptions.NonBacktracking)]
    private static partial Regex EndpointName();

    [GeneratedRegex("^([1-9][0-9]*)(s|m|h)\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Window();
}
