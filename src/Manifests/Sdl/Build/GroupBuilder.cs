using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>Builds one group: its form on the market and its part of the manifest. Services have to be added in the order of their names.</summary>
internal sealed class GroupBuilder(string name, SdlPlacement placement, EndpointSequences sequences)
{
    private readonly List<Unit> _units = [];
    private readonly List<ManifestService> _services = [];
    private string? _tee;

    public void Add(string serviceName, SdlService service, SdlReplicas replicas, SdlCompute compute)
    {
        _tee ??= service.Params?.Tee;
        var endpoints = sequences.EndpointsOf(service).ToArray();
        var unit = _units.Find(unit => unit.Profile == replicas.Profile);
        if (unit is null)
        {
            unit = new(replicas.Profile, (uint)_units.Count + 1, compute);
            _units.Add(unit);
        }

        unit.Count = checked(unit.Count + replicas.Count); // the references are checked: a group's totals fit
        unit.Endpoints.AddRange(endpoints);
        _services.Add(new()
        {
            Name = serviceName,
            Image = service.Image,
            Command = service.Command,
            Args = service.Args,
            Env = service.Env,
            Resources = new()
            {
                Id = unit.Id,
                Cpu = compute.Cpu,
                Memory = compute.Memory,
                Storage = compute.Storage,
                Gpu = compute.Gpu,
                Endpoints = [.. endpoints],
            },
            Count = (uint)replicas.Count,
            Expose = BuildExposes(service),
            Params = service.Params is { } all ? BuildParams(all) : null,
            Credentials = service.Credentials,
        });
    }

    public GroupSpec BuildSpec()
    {
        var attributes = placement.Attributes.AsEnumerable();
        if (_tee is not null) attributes = attributes.Append(new("tee/type", _tee)).Order(Comparer<MarketAttribute>.Create(static (left, right) => AttributeKeys.Compare(left.Key, right.Key)));
        return new(
            name,
            new(attributes.ToValueList(), placement.SignedByAll, placement.SignedByAny),
            _units.Select(unit => unit.Build(placement.Pricing[unit.Profile])).ToValueList());
    }

    public ManifestGroup BuildManifest() => new(name, _services.ToValueList());

    private ValueList<ServiceExpose> BuildExposes(SdlService service) => service.Exposes
        .SelectMany(expose => expose.To, sequences.ManifestExpose)
        .Order(Comparer<ServiceExpose>.Create(StructureRules.Order)) // stable: equal ones keep the order of the file
        .ToValueList();

    private static ServiceParams BuildParams(SdlParams all) => new()
    {
        Storage = all.Mounts.Count == 0
            ? null
            : all.Mounts.OrderBy(mount => mount.Key, StringComparer.Ordinal).Select(mount => new StorageMount(mount.Key, mount.Value.Path, mount.Value.ReadOnly)).ToValueList(),
        Permissions = all.Permissions,
        Tee = all.Tee is null ? null : new(all.Tee, Attestation: true),
    };

    private sealed class Unit(string profile, uint id, SdlCompute compute)
    {
        public string Profile => profile;

        public uint Id => id;

        public int Count { get; set; }

        public List<ServiceEndpoint> Endpoints { get; } = [];

        public ResourceUnit Build(SdlPrice price) => new(
            new()
            {
                Id = id,
                Cpu = compute.Cpu.Units,
                CpuAttributes = compute.Cpu.Attributes,
                Memory = compute.Memory.Size,
                Storage = compute.Storage,
                Gpus = (int)compute.Gpu.Units, // at most MarketLimits.MaxGpus
                GpuAttributes = compute.Gpu.Attributes,
                Endpoints = Endpoints.OrderBy(endpoint => endpoint.Kind).ThenBy(endpoint => endpoint.Sequence).ToValueList(),
            },
            Count,
            Rate.PerTick(price.Amount, price.Denom));
    }
}
