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
        var check = Assert.Single(JsonNode.Parse(result.Output)!["checks"]!.AsArray());
        Assert.Equal(("engine", "blocks"), (check!["name"]!.ToString(), check["finding"]!.ToString()));
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

    private async Task<CliResult> RunAsync(string engine, string backend)
    {
        await File.WriteAllTextAsync(_folder.File("config.yaml"), $$"""
            chain:
              endpoints: [{rpc: "http://127.0.0.1:1"}]
              key: {file: "{{_folder.File("key")}}" }
            provider: {host_uri: "https://127.0.0.1:8443"}
            engine: {endpoint: "{{engine}}" }
            workloads:
              volumes: {backend: {{backend}}, folder: "{{_folder.File("disks")}}", helper_socket: "{{_folder.File("no-helper.sock")}}" }
            """);
        return await CommandRunner.RunAsync([new DoctorVerb(ConfigLoaderFactory.Create(), TimeProvider.System)], "doctor", "--json", "--config", _folder.File("config.yaml"));
    }
}
