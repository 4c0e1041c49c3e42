using System.Net;
using System.Net.Sockets;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>What operators and tenants get wrong: one clear message that names the cause, the right exit code, and a daemon that goes on.</summary>
public sealed class BadInputTests
{
    private const int Configuration = 3;
    private const int Keys = 4;
    private const int Chain = 5;
    private const int Engine = 6;
    private const int Refused = 8;

    [Theory]
    [InlineData("bidding:", "biding:", "biding", "bidding")]
    [InlineData("sweep_interval: 10s", "sweep_interval: 10", "sweep_interval", "unit")]
    [InlineData("interval: 1s", "interval: soon", "metering.interval", "duration")]
    [InlineData("- {rpc", "- {rpc", "", "")]
    public async Task Run_WrongConfiguration_NamesTheKeyAndThePlace(string text, string replacement, string key, string hint)
    {
        await using var trade = await Trade.PrepareAsync();
        if (key.Length == 0)
        {
            trade.WriteConfig(config => config + "\n  : [unclosed");
            Assert.Equal(Configuration, (await trade.CliAsync("run")).ExitCode);
            return;
        }

        trade.WriteConfig(config => config.Replace(text, replacement, StringComparison.Ordinal));

        var ended = await trade.CliAsync("run");

        Assert.Equal(Configuration, ended.ExitCode);
        Assert.Contains(key, ended.Errors);
        Assert.Contains(hint, ended.Errors);
        Assert.Contains("config.yaml:", ended.Errors);
        Assert.DoesNotContain("   at ", ended.Errors);
    }

    [Fact]
    public async Task Run_ManyMistakes_NamesAllAtOnce()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.WriteConfig(config => config.Replace("bidding:", "biding:", StringComparison.Ordinal).Replace("interval: 1s", "interval: soon", StringComparison.Ordinal));

        var ended = await trade.CliAsync("run");

        Assert.Contains("biding", ended.Errors);
        Assert.Contains("metering.interval", ended.Errors);
    }

    [Fact]
    public async Task Run_MissingKeyFile_SaysWhichAndHowToMakeOne()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.WriteConfig(config => config.Replace(trade.KeyFile, "/nonexistent/signing.key", StringComparison.Ordinal));

        await AssertEndsAsync(trade, Keys, "/nonexistent/signing.key", "keys create");
    }

    [Fact]
    public async Task Run_KeyFileThatOthersMayRead_Refuses()
    {
        await using var trade = await Trade.PrepareAsync();
        File.SetUnixFileMode(trade.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        await AssertEndsAsync(trade, Keys, trade.KeyFile, "chmod 600");
    }

    [Fact]
    public async Task Run_EngineNotRunning_SaysHowToStartIt()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.EngineLine.Refuse = true;
        trade.WriteConfig(config => config.Replace("endpoint: unix://", "endpoint: unix:///nonexistent", StringComparison.Ordinal));

        await AssertEndsAsync(trade, Engine, "/nonexistent", "engine");
    }

    [Fact]
    public async Task Run_ChainNotReachable_NamesTheEndpoint()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.ChainLine.Refuse = true;

        await AssertEndsAsync(trade, Chain, $"http://127.0.0.1:{trade.ChainLine.Port}", "chain.endpoints");
    }

    [Fact]
    public async Task Run_WrongNetwork_SaysWhich()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.WriteConfig(config => config.Replace("chain:", "chain:\n  network: akashnet-2", StringComparison.Ordinal));

        await AssertEndsAsync(trade, Chain, "devnet-1", "akashnet-2");
    }

    [NeedsTheory(MachineNeeds.DockerSocket)]
    [InlineData("operator.listen")]
    [InlineData("gateway.rest")]
    public async Task Run_PortTaken_NamesTheOption(string option)
    {
        await using var trade = await Trade.PrepareAsync();
        var port = option == "operator.listen" ? trade.OperatorPort : trade.GatewayPort;
        var other = new TcpListener(IPAddress.Loopback, port);
        other.Start();
        try
        {
            await AssertEndsAsync(trade, Configuration, option, $"127.0.0.1:{port}");
        }
        finally
        {
            other.Stop();
        }
    }

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task Run_SecondDaemonOnOneState_IsRefusedAndTheFirstGoesOn()
    {
        await using var trade = await Trade.StartAsync();

        var second = await trade.CliAsync("run", "--set", $"operator.listen=127.0.0.1:{FreePort.Next()}", "--set", $"gateway.rest=127.0.0.1:{FreePort.Next()}");

        Assert.Equal(Refused, second.ExitCode);
        Assert.Contains(trade.StateFolder, second.Errors);
        Assert.Contains("in use by process", second.Errors);
        Assert.True((await trade.ReadAsync("/api/v1/status"))["ledger"]!["ok"]!.GetValue<bool>());
    }

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task Gateway_BadManifests_AreRefusedWithTheReasonAndTheGoodOneStillRuns()
    {
        await using var trade = await Trade.StartAsync();
        var deployment = await trade.DeployAsync();
        var lease = await trade.AcceptAsync(deployment.Dseq);
        using var gateway = new RawGateway(trade);
        await trade.BecomesTrueAsync("the gateway to know the lease", async () => (await gateway.PutAsync(deployment.Dseq, "[]")).Status != HttpStatusCode.NotFound);

        var changed = gateway.ManifestOf(Trade.Sdl.Replace("hello from", "goodbye from", StringComparison.Ordinal));
        (string Body, HttpStatusCode Status, string Word)[] cases =
        [
            (changed, HttpStatusCode.UnprocessableEntity, "manifest version validation failed"),
            ("{", HttpStatusCode.UnprocessableEntity, ""),
            ("[{\"name\":\"here\",\"services\":null}]", HttpStatusCode.UnprocessableEntity, ""),
            (new string('[', 200_000), HttpStatusCode.UnprocessableEntity, ""),
        ];
        foreach (var (body, status, word) in cases)
        {
            var answer = await gateway.PutAsync(deployment.Dseq, body);
            Assert.Equal((status, true), (answer.Status, answer.Text.Contains(word, StringComparison.Ordinal)));
            Assert.NotEmpty(answer.Text);
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await gateway.PutAsync(deployment.Dseq, new string(' ', 9 * 1024 * 1024))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.PutAsync(deployment.Dseq + 1, "[]")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.PutAsync(deployment.Dseq, "[]", token: "")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.PutAsync(deployment.Dseq, "[]", token: await gateway.ForgeTokenAsync())).Status);
        Assert.Empty(await trade.ContainersAsync());

        await trade.SendManifestAsync(deployment.Dseq);
        await trade.RunningContainerAsync(lease);
    }

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task Tenant_WrongManifest_IsToldBeforeItIsSent()
    {
        await using var trade = await Trade.StartAsync();
        var deployment = await trade.DeployAsync();
        await trade.AcceptAsync(deployment.Dseq);

        var error = await Assert.ThrowsAsync<TenantException>(() => trade.Tenant.SendManifestAsync(deployment.Dseq, Trade.Sdl.Replace("hello from", "goodbye from", StringComparison.Ordinal)));

        Assert.Equal(TenantFailure.ManifestMismatch, error.Failure);
    }

    private static async Task AssertEndsAsync(Trade trade, int exitCode, params string[] words)
    {
        var ended = await trade.CliAsync("run");
        Assert.Equal((exitCode, ""), (ended.ExitCode, ended.ExitCode == exitCode ? "" : ended.Errors));
        var message = ended.Errors.Split('\n').Single(line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.All(words, word => Assert.Contains(word, message));
        Assert.DoesNotContain("   at ", ended.Errors);
    }
}
