using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Lists;

public sealed class ListKeeperTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly BiddingOptions _options = new();
    private readonly MemoryArchive _archive = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadDue_FileChanges_IsFollowedWithoutARestart()
    {
        var file = _folder.File("blocked");
        await File.WriteAllTextAsync(file, "# people we know\nakash1bad # spam\n\n");
        _options.Lists.Add(new() { Name = "blocked", File = file });
        using var keeper = Keeper();
        await keeper.ReadDueAsync(default);
        Assert.Equal(ListVerdictKind.Denied, keeper.Current.Refuse(ListSubject.Owner, "akash1bad")?.Kind);

        await File.WriteAllTextAsync(file, "akash1worse\n");
        await keeper.ReadDueAsync(default);

        Assert.Null(keeper.Current.Refuse(ListSubject.Owner, "akash1bad"));
        Assert.NotNull(keeper.Current.Refuse(ListSubject.Owner, "akash1worse"));
    }

    [Fact]
    public async Task ReadDue_FileTurnsBad_KeepsTheLastGood()
    {
        var file = _folder.File("blocked");
        await File.WriteAllTextAsync(file, "akash1bad\n");
        _options.Lists.Add(new() { Name = "blocked", File = file });
        using var keeper = Keeper();
        await keeper.ReadDueAsync(default);

        await File.WriteAllTextAsync(file, "<html>not a list</html>");
        await keeper.ReadDueAsync(default);

        Assert.Equal(ListVerdictKind.Denied, keeper.Current.Refuse(ListSubject.Owner, "akash1bad")?.Kind);
    }

    [Theory]
    [InlineData(ListEffect.Deny)]
    [InlineData(ListEffect.Allow)]
    public async Task ReadDue_NeverRead_CountsAsUnknownNotAsEmpty(ListEffect effect)
    {
        _options.Lists.Add(new() { Name = "blocked", Effect = effect, File = _folder.File("missing") });
        using var keeper = Keeper();

        await keeper.ReadDueAsync(default);

        Assert.Equal(ListVerdictKind.Unavailable, keeper.Current.Refuse(ListSubject.Owner, "akash1good")?.Kind);
    }

    [Fact]
    public async Task ReadDue_Subscription_IsAskedAgainAndKeptWhenItFails()
    {
        using var server = new CannedServer(CannedServer.Ok("akash1bad\n"));
        _options.Lists.Add(new() { Name = "shared", Url = server.Url });
        using var keeper = Keeper();
        await keeper.ReadDueAsync(default);
        await keeper.ReadDueAsync(default); // not due yet
        Assert.Equal(1, server.Requests);

        server.Answer(CannedServer.Status("500 Oops", "akash1good"));
        _time.Advance(TimeSpan.FromMinutes(10));
        await keeper.ReadDueAsync(default);

        Assert.Equal(2, server.Requests);
        Assert.NotNull(keeper.Current.Refuse(ListSubject.Owner, "akash1bad"));
        Assert.Null(keeper.Current.Refuse(ListSubject.Owner, "akash1good"));
    }

    [Fact]
    public async Task ReadDue_SubscriptionDownAfterARestart_HoldsWhatWasKept()
    {
        using var server = new CannedServer(CannedServer.Ok("akash1bad\n"));
        _options.Lists.Add(new() { Name = "shared", Url = server.Url });
        using (var first = Keeper()) await first.ReadDueAsync(default);
        server.Answer(CannedServer.Status("503 Down", ""));
        using var second = Keeper();

        await second.ReadDueAsync(default);

        Assert.Equal(ListVerdictKind.Denied, second.Current.Refuse(ListSubject.Owner, "akash1bad")?.Kind);
    }

    [Theory]
    [InlineData("nginx", null)]
    [InlineData("docker.io/library/nginx:1.27", null)]
    [InlineData("xmrig/xmrig:latest", ListVerdictKind.Denied)]
    [InlineData("docker.io/xmrig/xmrig", ListVerdictKind.Denied)]
    [InlineData("evil.example/anything", ListVerdictKind.NotAllowed)]
    [InlineData("ghcr.io/some/thing@sha256:00", null)]
    public void RefuseImage_Reference_IsSpelledOutFirst(string image, ListVerdictKind? expected)
    {
        AccessLists lists = new(
        [
            new("miners", ListEffect.Deny, ListSubject.Image, new HashSet<string> { "docker.io/xmrig/*" }, null),
            new("registries", ListEffect.Allow, ListSubject.Registry, new HashSet<string> { "docker.io", "ghcr.io" }, null),
        ]);

        Assert.Equal(expected, lists.RefuseImage(image)?.Kind);
    }

    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("a*c*e", "abcde", true)]
    [InlineData("a*c*e", "abcd", false)]
    [InlineData("*.example", "a.b.example", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    public void Matches_Pattern_Follows(string pattern, string text, bool expected) => Assert.Equal(expected, ListText.Matches(pattern, text));

    [Fact]
    public void Matches_ManyStars_TakesNoExponentialTime() =>
        Assert.False(ListText.Matches(string.Concat(Enumerable.Repeat("a*", 100)) + "b", new string('a', 500)));

    [Fact]
    public void Check_Auditors_OnlyListedOnesCount()
    {
        var listed = AccountAddress.Parse("akash1auditor");
        var host = Build.Host() with { Lists = new([new("auditors", ListEffect.Allow, ListSubject.Auditor, new HashSet<string> { listed.Value }, null)]) };
        OrderFacts Asking(params AccountAddress[] any) => Build.Order(Build.Group() with { Requirements = new([], [], any.ToValueList()) });

        Assert.Null(new AuditorListRule().Check(Asking(listed, Build.Rival), host));
        Assert.Equal(DeclineReason.AuditorNotAllowed, new AuditorListRule().Check(Asking(Build.Rival), host)?.Reason);
        Assert.Equal(DeclineReason.AuditorNotAllowed, new AuditorListRule().Check(Asking(), host)?.Reason);
    }

    private ListKeeper Keeper()
    {
        var meters = new MeterProbe();
        return new(new SettableOptions<BiddingOptions>(_options), [_archive], new(_time), new(meters), _time, new LogProbe<ListKeeper>());
    }

    private sealed class MemoryArchive : IListArchive
    {
        private readonly Dictionary<string, string> _kept = [];

        public string? Find(string list) => _kept.GetValueOrDefault(list);

        public void Put(string list, string text) => _kept[list] = text;
    }
}
