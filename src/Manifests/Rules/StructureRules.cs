namespace ProviderAgent.Manifests;

/// <summary>What a manifest must be by itself, whatever is on the market. Pure.</summary>
public static class StructureRules
{
    private const string Prefix = "invalid manifest: ";

    /// <summary>The first broken rule, in the reference provider's order; null when there is none.</summary>
    public static ManifestRefusal? Check(Manifest manifest)
    {
        if (manifest.Groups.Count == 0) return Refuse("manifest is empty");
        var seen = new Seen();
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in manifest.Groups)
        {
            if (CheckGroup(group, seen) is { } refusal) return refusal;
            if (!groups.Add(group.Name)) return Refuse($"duplicate group {GoText.Quote(group.Name)}");
        }

        return seen.HasGlobal ? null : Refuse("zero global services");
    }

    private static ManifestRefusal? CheckGroup(ManifestGroup group, Seen seen)
    {
        if (group.Services.Count == 0) return Refuse($"group {GoText.Quote(group.Name)} contains no services");
        for (var i = 1; i < group.Services.Count; i++)
        {
            if (GoText.Compare(group.Services[i - 1].Name, group.Services[i].Name) > 0) return Refuse($"group {GoText.Quote(group.Name)} services is not sorted");
        }

        foreach (var service in group.Services)
        {
            if (CheckService(service, seen) is { } refusal) return refusal;
        }

        for (var i = 1; i < group.Services.Count; i++)
        {
            // The reference provider lets the second one replace the first. A name is a service's identity here, so there is only one.
            if (group.Services[i - 1].Name == group.Services[i].Name) return Refuse($"duplicate service {GoText.Quote(group.Services[i].Name)}");
        }

        return null;
    }

    private static ManifestRefusal? CheckService(ManifestService service, Seen seen)
    {
        if (service.Name.Length == 0) return Refuse("service name is empty");
        var name = GoText.Quote(service.Name);
        if (!Names.IsService(service.Name)) return Refuse($"service {name} name is invalid");
        if (service.Image.Length == 0) return Refuse($"service {name} has empty image name");
        if (CheckResources(service.Resources) is { } missing) return new(ManifestRule.Structure, missing);
        foreach (var entry in service.Env ?? [])
        {
            var cut = entry.IndexOf('=', StringComparison.Ordinal);
            var variable = cut < 0 ? entry : entry[..cut];
            if (!Names.IsEnvironment(variable)) return Refuse($"service {name} defines an env. var. with an invalid name {GoText.Quote(variable)}");
        }

        return CheckExposes(service, seen) is { } problem ? Refuse($"service {name}: {problem}") : null;
    }

    private static string? CheckResources(ServiceResources resources) => resources switch
    {
        { Id: 0 } => "resources ID must be > 0",
        { Cpu: null } => "CPU must not be nil",
        { Gpu: null } => "GPU must not be nil",
        { Memory: null } => "memory must not be nil",
        { Storage: null } => "storage must not be nil",
        { Endpoints: null } => "endpoints must not be nil",
        _ => null,
    };

    private static string? CheckExposes(ManifestService service, Seen seen)
    {
        var exposes = service.Expose ?? [];
        for (var i = 1; i < exposes.Count; i++)
        {
            if (Order(exposes[i - 1], exposes[i]) > 0) return "expose is not sorted";
        }

        foreach (var expose in exposes)
        {
            if (expose.Port is 0 or > ushort.MaxValue) return "port value must be 0 < value <= 65535 "; // the blank at the end is part of it
            if (expose.Proto is not (ServiceExpose.Tcp or ServiceExpose.Udp)) return $"protocol {GoText.Quote(expose.Proto)} unknown";
            seen.HasGlobal |= expose.Global;
            foreach (var host in expose.Hosts ?? [])
            {
                if (!Names.IsHost(host)) return $"has invalid hostname {GoText.Quote(host)}";
                if (!seen.Hosts.Add(host)) return $"hostname {GoText.Quote(host)} is duplicated, this is not allowed";
            }
        }

        return null;
    }

    /// <summary>By service, port, protocol, then global before local: the order in which the ports of a service stand.</summary>
    internal static int Order(ServiceExpose left, ServiceExpose right)
    {
        var order = GoText.Compare(left.Service, right.Service);
        if (order == 0) order = left.Port.CompareTo(right.Port);
        if (order == 0) order = GoText.Compare(left.Proto, right.Proto);
        return order == 0 ? right.Global.CompareTo(left.Global) : order;
    }

    private static ManifestRefusal Refuse(string problem) => new(ManifestRule.Structure, Prefix + problem);

    private sealed class Seen
    {
        public HashSet<string> Hosts { get; } = new(StringComparer.Ordinal);

        public bool HasGlobal { get; set; }
    }
}
