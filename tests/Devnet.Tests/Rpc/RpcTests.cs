using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Tests.Harness;

namespace ProviderAgent.Devnet.Tests.Rpc;

public sealed class RpcTests
{
    [Fact]
    public async Task Status_NamesChainHeightAndIndex()
    {
        await using var node = await RpcNode.StartAsync();
        await node.Chain.ProduceBlockAsync(4);

        var status = await node.ResultAsync("status");

        Assert.Equal("test-1", status["node_info"]!["network"]!.GetValue<string>());
        Assert.Equal("on", status["node_info"]!["other"]!["tx_index"]!.GetValue<string>());
        Assert.Equal("5", status["sync_info"]!["latest_block_height"]!.GetValue<string>());
        Assert.Equal("1", status["sync_info"]!["earliest_block_height"]!.GetValue<string>());
        Assert.False(status["sync_info"]!["catching_up"]!.GetValue<bool>());
        node.Chain.Faults.CatchingUp = true;
        Assert.True((await node.ResultAsync("status"))["sync_info"]!["catching_up"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("block", "0", "height must be greater than 0, but got 0")]
    [InlineData("block", "9", "height 9 must be less than or equal to the current blockchain height 5")]
    [InlineData("header", "9", "height 9 must be less than or equal to the current blockchain height 5")]
    [InlineData("block_results", "9", "height 9 must be less than or equal to the current blockchain height 5")]
    [InlineData("block_results", "1", "height 1 is not available, lowest height is 3")]
    public async Task Heights_OutOfRange_AreErrorsInTheNodesWords(string method, string height, string data)
    {
        await using var node = await RpcNode.StartAsync(options => options.KeepBlocks = 3);
        await node.Chain.ProduceBlockAsync(4);

        var answer = await node.CallAsync(method, new JsonObject { ["height"] = height });

        Assert.Equal(-32603, answer["error"]!["code"]!.GetValue<int>());
        Assert.Equal("Internal error", answer["error"]!["message"]!.GetValue<string>());
        Assert.Equal(data, answer["error"]!["data"]!.GetValue<string>());
    }

    [Fact]
    public async Task Blocks_HangTogether()
    {
        await using var node = await RpcNode.StartAsync();
        await node.DoAsync(node.Chain.ProviderKey, Market.CreateProvider(node.Chain.ProviderKey));
        await node.Chain.ProduceBlockAsync();

        var block = await node.ResultAsync("block", new JsonObject { ["height"] = "2" });
        var next = await node.ResultAsync("block", new JsonArray("3"));
        var results = await node.ResultAsync("block_results", new JsonObject { ["height"] = "2" });
        var empty = await node.ResultAsync("block_results");
        var header = await node.ResultAsync("header", new JsonObject { ["height"] = "3" });

        Assert.Equal(block["block_id"]!["hash"]!.GetValue<string>(), next["block"]!["header"]!["last_block_id"]!["hash"]!.GetValue<string>());
        Assert.Equal(next["block"]!["header"]!.ToJsonString(), header["header"]!.ToJsonString());
        Assert.Single(block["block"]!["data"]!["txs"]!.AsArray());
        Assert.Equal(Convert.FromBase64String(results["app_hash"]!.GetValue<string>()), Convert.FromHexString(header["header"]!["app_hash"]!.GetValue<string>()));
        Assert.Null(empty["txs_results"]);
        var result = results["txs_results"]![0]!;
        Assert.Equal("2000000", result["gas_wanted"]!.GetValue<string>());
        Assert.Contains(result["events"]!.AsArray(), one => one!["type"]!.GetValue<string>() == "akash.provider.v1beta4.EventProviderCreated");
        Assert.True(DateTimeOffset.Parse(header["header"]!["time"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)
            > DateTimeOffset.Parse(block["block"]!["header"]!["time"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Discovery_OfBothVersions()
    {
        await using var node = await RpcNode.StartAsync();
        await using var older = await RpcNode.StartAsync(options => options.Reclamation = false);

        var answer = await node.ResultAsync("akash");

        Assert.Equal("v1beta3", answer["client_info"]!["api_version"]!.GetValue<string>());
        Assert.Equal(["v1beta4", "v1beta3"], answer["supported_versions"]!.AsArray().Select(version => version!["api_version"]!.GetValue<string>()));
        Assert.Contains(answer["supported_versions"]![0]!["modules"]!.AsArray(), module => module!["module"]!.GetValue<string>() == "market" && module["version"]!.GetValue<string>() == "v1beta5");
        Assert.Equal("test-1", answer["chain_id"]!.GetValue<string>());
        Assert.Equal("""{"client_info":{"api_version":"v1beta3"}}""", (await older.ResultAsync("akash")).ToJsonString());
    }

    [Fact]
    public async Task Broadcast_Sync_AnswersAfterTheCheck()
    {
        await using var node = await RpcNode.StartAsync();
        var bytes = await node.SignAsync(node.Chain.ProviderKey, Market.CreateProvider(node.Chain.ProviderKey));

        var sent = await node.ResultAsync("broadcast_tx_sync", Tx(bytes));

        Assert.Equal(0, sent["code"]!.GetValue<int>());
        Assert.Equal(TransactionHash.Of(bytes).Hex, sent["hash"]!.GetValue<string>());
        Assert.Equal("tx already exists in cache", await node.ErrorAsync("broadcast_tx_sync", Tx(bytes)));
        Assert.Equal($"tx ({TransactionHash.Of(bytes).Hex}) not found", await node.ErrorAsync("tx", Hash(bytes)));
        Assert.Equal("1", (await node.ResultAsync("num_unconfirmed_txs"))["n_txs"]!.GetValue<string>());
        await node.Chain.ProduceBlockAsync();
        Assert.Equal("2", (await node.ResultAsync("tx", Hash(bytes)))["height"]!.GetValue<string>());
        var refused = await node.ResultAsync("broadcast_tx_sync", Tx([1, 2, 3]));
        Assert.Equal(("sdk", 2), (refused["codespace"]!.GetValue<string>(), refused["code"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Broadcast_Async_AnswersAtOnceWhateverTheCheckSays()
    {
        await using var node = await RpcNode.StartAsync();

        var sent = await node.ResultAsync("broadcast_tx_async", Tx([1, 2, 3]));

        Assert.Equal(0, sent["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task Connections_MoreThanAllowed_AreCut()
    {
        await using var node = await RpcNode.StartAsync(options => options.Limits.MaxConnections = 2);
        var clients = Enumerable.Range(0, 10).Select(_ => new System.Net.Sockets.TcpClient()).ToArray();
        foreach (var client in clients) await client.ConnectAsync(node.Chain.RpcAddress.Host, node.Chain.RpcAddress.Port);

        await Eventually.BecomesTrueAsync("all but two to be cut", () => clients.Count(IsCut) == 8);

        foreach (var client in clients) client.Dispose();
        await Eventually.BecomesTrueAsync("a place to be free again", async () => await node.CallAsync("status") is not null);

        static bool IsCut(System.Net.Sockets.TcpClient client) => client.Client.Poll(0, System.Net.Sockets.SelectMode.SelectRead);
    }

    [Fact]
    public async Task Broadcast_Commit_AnswersWithTheBlock()
    {
        await using var node = await RpcNode.StartAsync();
        var bytes = await node.SignAsync(node.Chain.ProviderKey, Market.CreateProvider(node.Chain.ProviderKey));

        var pending = node.ResultAsync("broadcast_tx_commit", Tx(bytes));
        await Eventually.BecomesTrueAsync("the transaction to wait", async () => (await node.ResultAsync("num_unconfirmed_txs"))["n_txs"]!.GetValue<string>() == "1");
        await node.Chain.ProduceBlockAsync();
        var committed = await pending;

        Assert.Equal("2", committed["height"]!.GetValue<string>());
        Assert.Equal(0, committed["tx_result"]!["code"]!.GetValue<int>());
        var refused = await node.ResultAsync("broadcast_tx_commit", Tx([1]));
        Assert.Equal((2, "0"), (refused["check_tx"]!["code"]!.GetValue<int>(), refused["height"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Broadcast_Commit_NoBlockComes_TimesOutInTheNodesWords()
    {
        var time = new ManualTimeProvider();
        await using var node = await RpcNode.StartAsync(time: time);
        var bytes = await node.SignAsync(node.Chain.ProviderKey, Market.CreateProvider(node.Chain.ProviderKey));
        var timers = time.TimerCount;

        var pending = node.ErrorAsync("broadcast_tx_commit", Tx(bytes));
        await Eventually.BecomesTrueAsync("the deadline to be set", () => time.TimerCount > timers);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.EndsWith("timed out waiting for tx to be included in a block", await pending, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TxIndexOff_SaysSoAndFindsNothing()
    {
        await using var node = await RpcNode.StartAsync(options => options.TxIndex = false);

        Assert.Equal("off", (await node.ResultAsync("status"))["node_info"]!["other"]!["tx_index"]!.GetValue<string>());
        Assert.Equal("transaction indexing is disabled", await node.ErrorAsync("tx", Hash([1])));
        Assert.Equal("transaction indexing is disabled", await node.ErrorAsync("tx_search", new JsonObject { ["query"] = "tx.height=1" }));
    }

    [Fact]
    public async Task Search_ByEventAndHeight()
    {
        await using var node = await RpcNode.StartAsync();
        var lease = await node.OpenLeaseAsync();

        var created = await node.ResultAsync("tx_search", Search($"akash.market.v1.EventLeaseCreated.id CONTAINS '{lease.Provider}' AND tx.height > 2"));
        var all = await node.ResultAsync("tx_search", new JsonObject { ["query"] = "tx.height EXISTS", ["per_page"] = "2", ["page"] = "2", ["order_by"] = "desc" });
        var none = await node.ResultAsync("tx_search", Search("tx.height > 1000"));
        var blocks = await node.ResultAsync("block_search", Search("block.height <= 2"));

        Assert.Equal("1", created["total_count"]!.GetValue<string>());
        Assert.Equal("4", all["total_count"]!.GetValue<string>());
        Assert.Equal(["3", "2"], all["txs"]!.AsArray().Select(tx => tx!["height"]!.GetValue<string>()));
        Assert.Equal("0", none["total_count"]!.GetValue<string>());
        Assert.Equal("2", blocks["total_count"]!.GetValue<string>());
        Assert.StartsWith("page should be within [1, 1] range", await node.ErrorAsync("tx_search", new JsonObject { ["query"] = "tx.height=1", ["page"] = "7" }), StringComparison.Ordinal);
        Assert.StartsWith("failed to parse query", await node.ErrorAsync("tx_search", Search("tx.height ~ 5")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TakesArgumentsFromTheAddress()
    {
        await using var node = await RpcNode.StartAsync();
        var tx = await node.DoAsync(node.Chain.ProviderKey, Market.CreateProvider(node.Chain.ProviderKey));
        var bytes = await node.SignAsync(node.Chain.TenantKey, Market.CreateDeployment(node.Chain.TenantKey));

        foreach (var path in new[]
        {
            "/health", "/status", "/block?height=2", "/block?height=\"2\"", "/block_results?height=2", $"/tx?hash=0x{tx["hash"]}&prove=false",
            $"/broadcast_tx_sync?tx=0x{Convert.ToHexString(bytes)}", "/abci_query?path=\"/akash.market.v1beta5.Query/Params\"&data=0x", "/tx_search?query=\"tx.height=2\"",
        })
        {
            using var response = await node.Http.GetAsync(new Uri(path, UriKind.Relative));
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            Assert.True(response.IsSuccessStatusCode && answer["result"] is not null, $"{path}: {answer.ToJsonString()}");
            Assert.Equal(-1, answer["id"]!.GetValue<int>());
        }

        using var wrong = await node.Http.GetAsync(new Uri("/block?height=99", UriKind.Relative));
        Assert.Equal(HttpStatusCode.InternalServerError, wrong.StatusCode);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"nothing"}""", -32601, 200)]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"block","params":{"height":"x"}}""", -32602, 200)]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"block","params":["1","2"]}""", -32602, 200)]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"block","params":5}""", -32602, 200)]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"abci_query","params":{"path":"/x","data":"zz"}}""", -32602, 200)]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"broadcast_tx_sync","params":{"tx":5}}""", -32602, 200)]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"status"}""", -32600, 200)]
    [InlineData("5", -32600, 200)]
    [InlineData("[]", -32600, 200)]
    [InlineData("{", -32700, 500)]
    [InlineData("", -32700, 500)]
    [InlineData("<html>", -32700, 500)]
    public async Task WrongCalls_AreErrorsWithTheRightNumber(string body, int code, int status)
    {
        await using var node = await RpcNode.StartAsync();

        using var response = await node.Http.PostAsync(new Uri("/", UriKind.Relative), new StringContent(body));

        Assert.Equal(status, (int)response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(code, answer["error"]!["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task Batch_AnswersEachAndNotificationsNot()
    {
        await using var node = await RpcNode.StartAsync();
        const string body = """[{"jsonrpc":"2.0","id":1,"method":"health"},{"jsonrpc":"2.0","method":"health"},{"jsonrpc":"2.0","id":"b","method":"nothing"}]""";

        using var response = await node.Http.PostAsync(new Uri("/", UriKind.Relative), new StringContent(body));

        var answers = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();
        Assert.Equal(2, answers.Count);
        Assert.Equal("b", answers[1]!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Hostile_BodiesAndDepths_LeaveTheNodeAlive()
    {
        await using var node = await RpcNode.StartAsync(options => options.Limits.MaxAnswer = new(100_000));
        var deep = string.Concat(Enumerable.Repeat("[", 50_000));
        var nested = $$"""{"jsonrpc":"2.0","id":1,"method":"block","params":{{string.Concat(Enumerable.Repeat("""{"a":""", 200))}}1{{new string('}', 200)}}}""";
        foreach (var body in new[] { deep, nested, new string('9', 500_000), "\0\0\0", """{"id":1,"method":"\ud800"}""", """{"id":"\ud800","method":"status"}""", """{"id":1,"method":"block","params":{"height":"\ud800"}}""", """{"id":1,"method":"block","params":{"\ud800":1}}""", """{"id":1,"id":2,"method":"status"}""" })
        {
            using var response = await node.Http.PostAsync(new Uri("/", UriKind.Relative), new StringContent(body));
            Assert.Contains("error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var tooLong = await node.Http.PostAsync(new Uri("/", UriKind.Relative), new ByteArrayContent(new byte[1_000_001]));
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        using var longBatch = await node.Http.PostAsync(new Uri("/", UriKind.Relative), new StringContent($"[{string.Join(',', Enumerable.Repeat("1", 101))}]"));
        Assert.Contains("-32600", await longBatch.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(await node.ResultAsync("status"));
    }

    [Fact]
    public async Task Answer_LongerThanTheLimit_BecomesAnError()
    {
        await using var node = await RpcNode.StartAsync(options => options.Limits.MaxAnswer = new(100_000));
        var batch = $"[{string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"jsonrpc":"2.0","id":{{i}},"method":"block"}"""))}]";

        using var response = await node.Http.PostAsync(new Uri("/", UriKind.Relative), new StringContent(batch, Encoding.UTF8));

        var text = await response.Content.ReadAsStringAsync();
        Assert.True(text.Length < 100_000);
        Assert.Contains("ask for less", text, StringComparison.Ordinal);
    }

    private static JsonObject Tx(byte[] bytes) => new() { ["tx"] = Convert.ToBase64String(bytes) };

    private static JsonObject Hash(byte[] bytes) => new() { ["hash"] = Convert.ToBase64String(TransactionHash.Of(bytes).ToBytes()), ["prove"] = false };

    private static JsonObject Search(string query) => new() { ["query"] = query };
}
