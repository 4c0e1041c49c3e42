using System.Text;
using ProviderAgent.Gateway.Tests.Fakes;
using ProviderAgent.Manifests;
using ProviderAgent.Manifests.Tests;
using ProviderAgent.Marketplace;
using static ProviderAgent.Gateway.Tests.Uploads.TestDeployment;

namespace ProviderAgent.Gateway.Tests.Uploads;

public sealed class SendManifestTests
{
    [Fact]
    public async Task Put_EveryGoldenManifest_HasTheKnownAnswer()
    {
        await using var gateway = await GatewayHarness.StartAsync(options => options.DeploymentCache = TimeSpan.Zero);
        foreach (var one in ValidationCase.All)
        {
            gateway.Directory.Manifests.Clear();
            gateway.Inbox.Accepted.Clear();
            Put(gateway, one);

            using var response = await SendAsync(gateway, one.Body);

            // The reference provider calls some of the tenant's mistakes its own (500); here all of them are 422.
            var status = one.Status == 500 ? 422 : one.Status;
            Assert.Equal((one.Name, status, one.Answer), (one.Name, (int)response.StatusCode, await response.Content.ReadAsStringAsync()));
            Assert.Equal(status == 200 ? 1 : 0, gateway.Inbox.Accepted.Count);
        }

        Assert.Equal(ValidationCase.All.Count, gateway.Inbox.Attempts);
    }

    [Fact]
    public async Task Put_GoodManifest_IsHandedOverWithTheGroupsLeasedHere()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-multi-group");
        Put(gateway, one, announced: null, 2);

        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 200, "");

        var accepted = Assert.Single(gateway.Inbox.Accepted);
        Assert.Equal((Id, one.Announced), (accepted.Deployment, accepted.Hash));
        Assert.Equal(one.Announced, CanonicalManifest.Hash(accepted.Canonical.Span));
        var leased = Assert.Single(accepted.Leases);
        Assert.Equal((Lease(2), one.Groups[1].Name), (leased.Lease, leased.Group.Name));
    }

    [Fact]
    public async Task Put_SameManifestAgain_ChangesNothing()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-simple");
        Put(gateway, one);

        for (var i = 0; i < 3; i++) await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 200, "");

        Assert.Single(gateway.Inbox.Accepted);
        Assert.Equal(1, gateway.Market.DeploymentQuestions);
    }

    [Fact]
    public async Task Put_NoLeaseHere_IsNotFoundWithTheTextThatToolsLookFor()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-simple");

        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 404, "no lease for deployment\n");

        Put(gateway, one);
        gateway.Market.Deployments.Clear(); // gone from the market, but not here yet
        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 404, "no lease for deployment\n");
        Assert.Empty(gateway.Inbox.Accepted);
    }

    [Theory]
    [InlineData("", "the JSON is malformed, cut off or nested too deeply at line 1, byte 1\n")]
    [InlineData("{}", "must be a list, is an object\n")]
    [InlineData("[{\"services\":[{\"count\":-1}]}]", "[0].services[0].count: must be a whole number of 0 to 4294967295\n")]
    public async Task Put_NotAManifest_IsRefusedWithThePlace(string body, string message)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        Put(gateway, Case("ok-simple"));

        await Answer.IsTextAsync(await SendAsync(gateway, Encoding.UTF8.GetBytes(body)), 422, message);
    }

    [Fact]
    public async Task Put_RightAfterTheUpdate_AsksTheMarketAgainOnce()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var (old, next) = (Case("ok-simple"), Case("host-ok")); // the same group, another manifest
        Put(gateway, old);
        await Answer.IsTextAsync(await SendAsync(gateway, old.Body), 200, "");

        await Answer.IsTextAsync(await SendAsync(gateway, next.Body), 422, "manifest version validation failed\n");
        Assert.Equal(2, gateway.Market.DeploymentQuestions);
        Put(gateway, old, next.Announced); // the tenant's update arrives
        await Answer.IsTextAsync(await SendAsync(gateway, next.Body), 200, "");
        Assert.Equal(3, gateway.Market.DeploymentQuestions);

        // The old one is not taken again, although it was right a moment ago.
        await Answer.IsTextAsync(await SendAsync(gateway, old.Body), 422, "manifest version validation failed\n");
        Assert.Equal([old.Announced, next.Announced], gateway.Inbox.Accepted.Select(manifest => manifest.Hash));
    }

    [Fact]
    public async Task Put_CachedDeployment_IsReadAgainAfterFiveSeconds()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-simple");
        Put(gateway, one);
        await SendAsync(gateway, one.Body);

        gateway.Time.Advance(TimeSpan.FromSeconds(4.9));
        await SendAsync(gateway, one.Body);
        Assert.Equal(1, gateway.Market.DeploymentQuestions);

        gateway.Time.Advance(TimeSpan.FromSeconds(0.1));
        await SendAsync(gateway, one.Body);
        Assert.Equal(2, gateway.Market.DeploymentQuestions);
    }

    [Fact]
    public async Task Put_ServiceRenamedInAnUpdate_IsRefusedAtOnce()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-simple");
        var renamed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(one.Body).Replace("\"name\":\"web\"", "\"name\":\"www\"", StringComparison.Ordinal));
        Put(gateway, one);
        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 200, "");
        Put(gateway, one, CanonicalManifest.Hash(ManifestDecoder.Decode(renamed)));

        await Answer.IsTextAsync(await SendAsync(gateway, renamed), 422, "service www not found: manifest service rename is not allowed\n");

        Assert.Single(gateway.Inbox.Accepted);
    }

    [Fact]
    public async Task Put_HostNameOfAnotherTenant_IsRefused()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("host-ok");
        Put(gateway, one);
        gateway.Inbox.Judge = manifest => HostNameRules.Check(manifest.Leases[0].Group, manifest.Deployment.Owner, new(true, ValueList.Create<string>([])), _ => Tokens.Other);

        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 422, "hostname not allowed: host \"a-test.example.com\" in use\n");
    }

    [Fact]
    public async Task Put_MarketDown_IsUnavailableAndChangesNothing()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-simple");
        Put(gateway, one);
        await gateway.SendAsync("GET", "/address"); // the key is known
        gateway.Market.IsDown = true;

        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 503, "the market cannot be asked about this deployment now; send the manifest again in a moment\n");
        Assert.Empty(gateway.Inbox.Accepted);

        gateway.Market.IsDown = false;
        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 200, "");
    }

    [Fact]
    public async Task Put_MarketDoesNotAnswer_IsUnavailableAtTheDeadline()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-simple");
        Put(gateway, one);
        await gateway.SendAsync("GET", "/address");
        gateway.Market.Answering = new TaskCompletionSource().Task;
        var sending = SendAsync(gateway, one.Body);
        await Eventually.BecomesTrueAsync("the question to the market", () => gateway.Market.DeploymentQuestions == 1);

        gateway.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(503, (int)(await sending).StatusCode);
        Assert.Empty(gateway.Inbox.Accepted);
    }

    [Fact]
    public async Task Put_CouldNotBeKept_IsAnErrorAndMayBeSentAgain()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-simple");
        Put(gateway, one);
        gateway.Inbox.Failure = new BackendUnavailableException("the manifest cannot be kept now");

        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 503, "the manifest cannot be kept now\n");

        gateway.Inbox.Failure = null;
        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 200, "");
    }

    [Fact]
    public async Task Put_ManyAtOnce_AreJudgedOneByOneAndAcceptedOnce()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var one = Case("ok-simple");
        Put(gateway, one);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(gateway, one.Body)));

        Assert.All(answers, answer => Assert.Equal(200, (int)answer.StatusCode));
        Assert.Single(gateway.Inbox.Accepted);
    }

    [Fact]
    public async Task Put_MoreThanATenantMay_IsToldToComeAgain()
    {
        await using var gateway = await GatewayHarness.StartAsync(options => options.Limits.UploadsPerTenant = 1);
        var one = Case("ok-simple");
        Put(gateway, one);
        await gateway.SendAsync("GET", "/address");
        var answering = new TaskCompletionSource();
        gateway.Market.Answering = answering.Task;
        var first = SendAsync(gateway, one.Body);
        await Eventually.BecomesTrueAsync("the first manifest under way", () => gateway.Market.DeploymentQuestions == 1);

        using var second = await SendAsync(gateway, one.Body);

        Assert.Equal("5", second.Headers.RetryAfter?.ToString());
        await Answer.IsTextAsync(second, 503, "too many manifests are being received; send this one again in a moment\n");
        answering.SetResult();
        Assert.Equal(200, (int)(await first).StatusCode);
        await Answer.IsTextAsync(await SendAsync(gateway, one.Body), 200, "");
    }

    [Fact]
    public async Task DeploymentLocks_Cancelled_LeavesTheLockUsable()
    {
        var locks = new DeploymentLocks();
        var held = await locks.EnterAsync(Id, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var waiting = locks.EnterAsync(Id, cancel.Token);
        using (await locks.EnterAsync(new(Tokens.Other, 1), CancellationToken.None)) // another deployment does not wait
        {
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        held.Dispose();
        held.Dispose();
        (await locks.EnterAsync(Id, CancellationToken.None)).Dispose();
    }
}
