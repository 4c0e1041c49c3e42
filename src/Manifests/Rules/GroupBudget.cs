using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>What a group on the market offers and what of it the services of a manifest have not used yet.</summary>
internal sealed class GroupBudget
{
    private readonly List<UnitBudget> _units = [];

    public GroupBudget(GroupSpec spec)
    {
        foreach (var unit in spec.Units) _units.Add(new(unit));
    }

    /// <summary>Takes what the service needs; the problem if that cannot be.</summary>
    public string? Take(ManifestService service)
    {
        var needs = service.Resources;
        var unit = _units.Find(unit => unit.Resources.Id == needs.Id);
        if (unit is null) return $"not found deployment group resources with ID = {needs.Id}";
        if (service.Count > unit.Replicas) return $"over-utilized replicas ({service.Count}) > group spec resources count ({unit.Replicas})";
        if (Mismatch(needs, unit.Resources) is { } kind) return $"{kind} resources mismatch for ID {needs.Id}";
        foreach (var expose in service.Expose ?? [])
        {
            if (unit.Take(expose) is { } endpoint) return $"resource ID {needs.Id}: over-utilized {endpoint} endpoints";
        }

        unit.Replicas -= service.Count;
        return null;
    }

    /// <summary>Something that the market's group asks for and no service uses; null when all is used.</summary>
    public string? Leftover()
    {
        foreach (var unit in _units)
        {
            if (unit.LeftoverEndpoints() is { } endpoints) return $"resources ID ({unit.Resources.Id}): under-utilized {endpoints} endpoints";
        }

        foreach (var unit in _units)
        {
            if (unit.Replicas > 0) return $"resources ID ({unit.Resources.Id}): under-utilized ({unit.Replicas}) resources";
        }

        return null;
    }

    private static string? Mismatch(ServiceResources needs, Resources offered)
    {
        if (needs.Cpu != new CpuRequest(offered.Cpu, offered.CpuAttributes)) return "CPU";
        if (needs.Gpu != new GpuRequest(offered.Gpus, offered.GpuAttributes)) return "GPU";
        if (needs.Memory != new MemoryRequest(offered.Memory, offered.MemoryAttributes)) return "Memory";
        return needs.Storage == offered.Storage ? null : "Storage";
    }

    private sealed class UnitBudget
    {
        private uint _http;
        private uint _ports;
        private uint _addresses;

        public UnitBudget(ResourceUnit unit)
        {
            Resources = unit.Resources;
            Replicas = Math.Max(0, unit.Count);
            foreach (var endpoint in unit.Resources.Endpoints)
            {
                switch (endpoint.Kind)
                {
                    case EndpointKind.SharedHttp:
                        _http++;
                        break;
                    case EndpointKind.RandomPort:
                        _ports++;
                        break;
                    case EndpointKind.LeasedIp:
                        _addresses++;
                        break;
                    default:
                        break; // a kind of the future: nothing in a manifest can use it up, so it does not count
                }
            }
        }

        public Resources Resources { get; }

        public long Replicas { get; set; }

        public string? Take(ServiceExpose expose)
        {
            if (!expose.Global) return null;
            if (expose.IsIngress && !Use(ref _http)) return "HTTP";
            if (!expose.IsIngress && !Use(ref _ports)) return "PORT";
            return expose.Ip.Length > 0 && !Use(ref _addresses) ? "IP" : null;
        }

        public string? LeftoverEndpoints() =>
            _http > 0 ? $"({_http}) HTTP" : _ports > 0 ? $"({_ports}) PORT" : _addresses > 0 ? $"({_addresses}) IP" : null;

        private static bool Use(ref uint left)
        {
            if (left == 0) return false;
            left--;
            return true;
        }
    }
}
