using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ProviderAgent.Hosting;
using ProviderAgent.Inventory;
using ProviderAgent.Operator;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Operator;

/// <summary>The operator's server over real HTTP, in the daemon's own composition.</summary>
public sealed class OperatorServerTests
{
    [Fact]
    public async Task Healthz_LoopsTurn_IsOk()
    {
        await using var host = await OperatorHost.StartAsync();

        using var answer = await host.Http.GetAsync("/healthz");

        Assert.Equal((HttpStatusCode.OK, "ok\n"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Readyz_NothingIsReady_Is503AndSaysWhatIsMissing()
    {
        await using var host = await OperatorHost.StartAsync(new QuietMarket { IsAway = true });

        using var answer = await host.Http.GetAsync("/readyz");

        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("the chain does not answer (no endpoint answers)", text, StringComparison.Ordinal);
        Assert.Contains("bids and leases of the market are still being read", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/status", "version,account,host_uri,started_at,chain,engine,ledger,bidding,leases,resources,problems,reach")]
    [InlineData("/api/v1/inventory", "problem,measured_at,cpu,memory,storage,gpus,gpu_problem,gpu_driver,gpu_attributes,network,reservations,engine")]
    [InlineData("/api/v1/leases", "stale,leases")]
    [InlineData("/api/v1/bids", "bids,recent,reasons")]
    [InlineData("/api/v1/earnings", "withdrawn,owed,fees,leases")]
    public async Task Api_Documents_HaveASchemaAndTheirFields(string path, string fields)
    {
        await using var host = await OperatorHost.StartAsync();

        using var answer = await host.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, document.RootElement.GetProperty("schema").GetInt32());
        Assert.Equal(["schema", .. fields.Split(',')], document.RootElement.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task Inventory_Gpus_HaveTheirFields()
    {
        await using var host = await OperatorHost.StartAsync();
        var model = new GpuModel("rtx4090", 24, "pcie");
        host.Get<ReservationBook>().GpusSeen(
            [new(new("GPU-1", model, false, "NVIDIA GeForce RTX 4090", "00000000:01:00.0", 25757220864, 0), GpuCondition.Quarantined, "XID 79: fallen off the bus")], GpuTopology.None, null);

        var text = await host.Http.GetStringAsync("/api/v1/inventory");

        using var document = JsonDocument.Parse(text);
        var gpu = Assert.Single(document.RootElement.GetProperty("gpus").EnumerateArray());
        Assert.Equal("uuid,model,name,memory_bytes,interface,pci,state,reason,lease,ram", string.Join(',', gpu.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(
            ("GPU-1", "rtx4090", 25757220864, "pcie", "quarantined", "XID 79: fallen off the bus", JsonValueKind.Null),
            (gpu.GetProperty("uuid").GetString(), gpu.GetProperty("model").GetString(), gpu.GetProperty("memory_bytes").GetInt64(), gpu.GetProperty("interface").GetString(),
                gpu.GetProperty("state").GetString(), gpu.GetProperty("reason").GetString(), gpu.GetProperty("lease").ValueKind));
    }

    [Theory]
    [InlineData("test", HttpStatusCode.Conflict, "was ever seen here")]
    [InlineData("test?level=deep", HttpStatusCode.BadRequest, "quick or full")]
    [InlineData("quarantine", HttpStatusCode.BadRequest, "a reason")]
    [InlineData("quarantine?reason=loud", HttpStatusCode.Conflict, "was ever seen here")]
    [InlineData("restore", HttpStatusCode.Conflict, "nothing is held against")]
    public async Task Gpu_UnknownOrWrong_IsRefusedWithWhatToDo(string act, HttpStatusCode status, string says)
    {
        await using var host = await OperatorHost.StartAsync();
        using var bare = await host.Http.PostAsync($"/api/v1/gpus/GPU-1/{act}", null);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/gpus/GPU-1/{act}") { Headers = { { OperatorServer.ActionHeader, "test" } } };

        using var answer = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, bare.StatusCode);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(says, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/orders/akash1tenant/1/1/1", HttpStatusCode.NotFound, "never seen")]
    [InlineData("/api/v1/orders/akash1tenant/x/1/1", HttpStatusCode.BadRequest, "owner/dseq/gseq/oseq")]
    public async Task Order_WithoutADecision_SaysWhy(string path, HttpStatusCode status, string says)
    {
        await using var host = await OperatorHost.StartAsync();

        using var answer = await host.Http.GetAsync(path);

        Assert.Equal(status, answer.StatusCode);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, document.RootElement.GetProperty("schema").GetInt32());
        Assert.Contains(says, document.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Withdraw_WithoutTheHeader_IsForbiddenAndWithItIsDone()
    {
        await using var host = await OperatorHost.StartAsync();

        using var refused = await host.Http.PostAsync("/api/v1/withdraw", null);
        using var done = await PostAsync(host, null);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains(OperatorServer.ActionHeader, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        using var document = JsonDocument.Parse(await done.Content.ReadAsStringAsync());
        Assert.Equal(0, document.RootElement.GetProperty("withdrawals").GetArrayLength());
    }

    [Fact]
    public async Task Withdraw_MarketAway_Is503WithTheCause()
    {
        await using var host = await OperatorHost.StartAsync(new QuietMarket { IsAway = true });

        using var answer = await PostAsync(host, null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("no endpoint answers", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_LargeBody_IsRefused()
    {
        await using var host = await OperatorHost.StartAsync();

        using var answer = await PostAsync(host, new ByteArrayContent(new byte[65 * 1024]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("evil.example.com")]
    [InlineData("evil.example.com:8440")]
    [InlineData("127.0.0.1.evil.example.com")]
    public async Task Get_NameOfAnotherHost_IsMisdirected(string name)
    {
        await using var host = await OperatorHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/status") { Headers = { Host = name } };

        using var answer = await host.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.MisdirectedRequest, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Start_PortTaken_EndsWithACauseAndAFix()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var host = OperatorHost.Create(port);

        var error = await Assert.ThrowsAsync<ExitException>(() => host.Server.StartAsync(default));

        Assert.Equal(ExitCode.Configuration, error.Code);
        Assert.Contains($"operator.listen: 127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("choose another port", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> PostAsync(OperatorHost host, HttpContent? body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/withdraw") { Content = body, Headers = { { OperatorServer.ActionHeader, "test" } } };
        return await host.Http.SendAsync(request);
    }
}
