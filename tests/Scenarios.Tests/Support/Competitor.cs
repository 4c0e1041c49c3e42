using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Scenarios.Tests.Support;

/// <summary>One of several providers on a chain: a daemon of its own with its own key, policy and state.</summary>
internal sealed class Competitor : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly string _configFile;
    private readonly int _operatorPort = FreePort.Next();
    private AgentProcess? _agent;

    public Competitor(DevnetChain chain, DevnetHome home, string folder, string name, int number, string policy)
    {
        (Name, Chain, Account) = (name, chain, chain.KeyOf(name).Address);
        StateFolder = Path.Combine(folder, name);
        _configFile = Path.Combine(folder, $"{name}.yaml");
        var gatewayPort = FreePort.Next();
        File.WriteAllText(_configFile, string.Create(CultureInfo.InvariantCulture, $$"""
            chain:
              endpoints: [{rpc: "{{chain.RpcAddress}}"}]
              key: {file: "{{home.KeyFileOf(name)}}"}
              poll_interval: 200ms
            provider:
              host_uri: https://127.0.0.1:{{gatewayPort}}
              attributes: {region: {{(number == 1 ? "north" : "south")}}, capabilities/storage/1/persistent: "false", capabilities/storage/1/class: ram}
            inventory:
              keep: {storage: 1Gi}
              overcommit: {cpu: 16, memory: 4}
            engine:
              endpoint: unix://{{MachineNeeds.DockerSocket}}
            workloads:
              ports: {{19_000 + (number * 100)}}-{{19_099 + (number * 100)}}
              ports_address: 127.0.0.1
              reconcile_interval: 2s
              sweep_interval: 10s
              network: {subnets: 10.{{240 + number}}.0.0/16, helper_socket: "{{StateFolder}}/no-helper.sock"}
            ingress: {mode: none}
            gateway:
              rest: 127.0.0.1:{{gatewayPort}}
            operator:
              listen: 127.0.0.1:{{_operatorPort}}
            state:
              directory: "{{StateFolder}}"
            {{policy}}
            """));
    }

    public string Name { get; }

    public AccountAddress Account { get; }

    public string StateFolder { get; }

    /// <summary>What the account held before its daemon did anything.</summary>
    public (long Akt, long Act) Before { get; private set; }

    public (long Akt, long Act) Balance => (Chain.BalanceOf(Account, "uakt"), Chain.BalanceOf(Account, "uact"));

    private DevnetChain Chain { get; }

    /// <summary>Registers the provider and starts the daemon.</summary>
    public async Task StartAsync()
    {
        Before = Balance;
        foreach (var verb in new string[][] { ["register"], ["cert", "publish"] })
        {
            var done = await AgentProcess.RunAsync([.. verb, "--config", _configFile]);
            Assert.True(done.ExitCode == 0, done.Errors);
        }

        _agent = AgentProcess.Start("run", "--config", _configFile);
        await UntilAsync("the daemon's readiness", async () => (await _http.GetAsync(Url("/readyz"))).IsSuccessStatusCode);
    }

    public async Task<JsonNode> ReadAsync(string path) => await _http.GetFromJsonAsync<JsonNode>(Url(path)) ?? throw new InvalidDataException($"{path} is empty");

    /// <summary>Income of all leases by the operator's report.</summary>
    public async Task<long> WithdrawnAsync(string denom) => long.Parse((await ReadAsync("/api/v1/earnings"))["withdrawn"]?[denom]?.ToString() ?? "0", CultureInfo.InvariantCulture);

    public async Task<CliResult> CliAsync(params IEnumerable<string> arguments) => await AgentProcess.RunAsync([.. arguments, "--config", _configFile]);

    public LedgerRecord OpenLedger() => new(StateFolder);

    /// <summary>Waits for what the daemon brings about; a failure shows the daemon's log.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> probe)
    {
        try
        {
            await Eventually.BecomesTrueAsync($"{what} ({Name})", probe, Trade.Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the daemon's log:\n{Tail(_agent?.Log ?? "")}", e.InnerException);
        }
    }

    /// <summary>Ends the daemon as systemd does.</summary>
    public async Task<CliResult> StopAsync() => await (_agent ?? throw new InvalidOperationException("no daemon was started")).StopAsync();

    /// <summary>Ends the daemon, if it runs.</summary>
    public async Task EndAsync()
    {
        if (_agent is not null) await _agent.DisposeAsync();
        _agent = null;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _http.Dispose();
    }

    private Uri Url(string path) => new($"http://127.0.0.1:{_operatorPort}{path}");

    private static string Tail(string log) => log.Length > 20_000 ? log[^20_000..] : log;
}
