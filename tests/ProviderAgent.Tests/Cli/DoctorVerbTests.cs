using System.Text.Json.Nodes;
using ProviderAgent.Cli.Verbs;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

/// <summary>What a host can promise, told before anything is sold.</summary>
public sealed class DoctorVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EngineAway_BlocksSelling_AndSaysWhatToDo()
    {
        var result = await RunAsync(engine: $"unix://{_folder.File("no-engine.sock")}", backend: "auto");

        Assert.Equal(ExitCode.Failed, result.Code);
        var check = Assert.Single(JsonNode.Parse(result.Output)!["checks"]!.AsArray(), check => check!["name"]!.ToString() == "engine");
        Assert.Equal("blocks", check!["finding"]!.ToString());
        Assert.Contains("systemctl start docker", check["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task BackendThatThisHostHasNot_BlocksSelling_AndEachWayIsExplained()
    {
        var result = await RunAsync(engine: $"unix://{MachineNeeds.DockerSocket}", backend: "btrfs");

        Assert.Equal(ExitCode.Failed, result.Code);
        var checks = JsonNode.Parse(result.Output)!["checks"]!.AsArray().ToDictionary(check => check!["name"]!.ToString(), check => check!);
        Assert.Equal("blocks", checks["writable layers"]["finding"]!.ToString());
        Assert.Contains("not btrfs or zfs", checks["writable layers"]["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("XFS", checks["disk backend quota"]["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("disk backend loop", checks.Keys);
    }

    [NeedsFact(MachineNeeds.DockerSocket)]
    public async Task BackendNone_IsAWarning()
    {
        var result = await RunAsync(engine: $"unix://{MachineNeeds.DockerSocket}", backend: "none");

        var checks = JsonNode.Parse(result.Output)!["checks"]!.AsArray().ToDictionary(check => check!["name"]!.ToString(), check => check!["finding"]!.ToString());
        Assert.Equal(("warning", "warning"), (checks["writable layers"], checks["persistent volumes"]));
    }

    [Fact]
    public async Task IngressThatCannotServe_IsNamedWithTheFix()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var checks = await ChecksAsync($$"""{mode: nginx, http: "{{taken.LocalEndpoint}}", https: "127.0.0.1:{{FreePort.Next()}}", nginx: {program: /no/such/nginx, unit_directory: /proc/none}, tls: {certificate: "{{_folder.File("none.crt")}}", key: "{{_folder.File("none.key")}}" } }""");

        Assert.Equal("blocks", checks["ingress"].Finding);
        Assert.Contains("install the package nginx-light", checks["ingress"].Detail, StringComparison.Ordinal);
        Assert.Equal("blocks", checks["ingress http"].Finding);
        Assert.Contains("another program has", checks["ingress http"].Detail, StringComparison.Ordinal);
        Assert.Equal("good", checks["ingress https"].Finding);
        Assert.Equal("blocks", checks["ingress certificate"].Finding);
        Assert.Equal("warning", checks["ingress domain"].Finding); // an address has none
    }

    [Fact]
    public async Task IngressOfTheOperatorsOwn_IsNotLookedAt()
    {
        var checks = await ChecksAsync("{mode: none}");

        Assert.Equal("info", checks["ingress"].Finding);
        Assert.DoesNotContain("ingress http", checks.Keys);
        Assert.Contains("firewall", checks.Keys);
    }

    [Fact]
    public async Task HostThatIsThisMachine_IsATrial()
    {
        var checks = await ChecksAsync("{mode: none}");

        Assert.Equal("info", checks["reach"].Finding);
        Assert.Contains("this machine itself (127.0.0.1)", checks["reach"].Detail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task NameServersThatDoNotAnswer_AreAWarningWithTheFix()
    {
        var checks = await ChecksAsync("{mode: nginx, resolvers: [\"127.0.0.1:1\"]}", "provider.example.com");

        Assert.Equal(("warning", "warning"), (checks["name provider.example.com"].Finding, checks["name *.ingress.example.com"].Finding));
        Assert.Contains("cannot be found out now", checks["name provider.example.com"].Detail, StringComparison.Ordinal);
        Assert.Contains("/etc/resolv.conf", checks["name provider.example.com"].Detail, StringComparison.Ordinal);
        Assert.Contains("outside address", checks.Keys);
    }

    private async Task<Dictionary<string, (string Finding, string Detail)>> ChecksAsync(string ingress, string host = "127.0.0.1")
    {
        var result = await RunAsync($"unix://{_folder.File("no-engine.sock")}", "none", ingress, host);
        return JsonNode.Parse(result.Output)!["checks"]!.AsArray().ToDictionary(check => check!["name"]!.ToString(), check => (check!["finding"]!.ToString(), check["detail"]!.ToString()));
    }

    private async Task<CliResult> RunAsync(string engine, string backend, string ingress = "{mode: none}", string host = "127.0.0.1")
    {
        await File.WriteAllTextAsync(_folder.File("config.yaml"), $$"""
            chain:
              endpoints: [{rpc: "http://127.0.0.1:1"}]
              key: {file: "{{_folder.File("key")}}" }
            provider: {host_uri: "https://{{host}}:8443"}
            engine: {endpoint: "{{engine}}" }
            ingress: {{ingress}}
            workloads:
              volumes: {backend: {{backend}}, folder: "{{_folder.File("disks")}}", helper_socket: "{{_folder.File("no-helper.sock")}}" }
            """);
        return await CommandRunner.RunAsync([new DoctorVerb(ConfigLoaderFactory.Create(), TimeProvider.System)], "doctor", "--json", "--config", _folder.File("config.yaml"));
    }
}
