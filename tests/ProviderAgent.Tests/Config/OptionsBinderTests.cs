using ProviderAgent.Config;
using ProviderAgent.Marketplace;

namespace ProviderAgent.ProviderAgent.Tests.Config;

public sealed class OptionsBinderTests
{
    private static readonly OptionTypes Types = new OptionTypes()
        .Add<Sample>().Add<Nested>().Add<List<string>>().Add<List<Nested>>().Add<Dictionary<string, int>>();

    [Fact]
    public void Bind_EveryKindOfOption_TakesTheValueOfTheFile()
    {
        var (options, problems) = Bind("""
            name: rack 7
            on: true
            count: 3
            price: 1.60
            timeout: 1h30m
            room: 1.5Gi
            threads: 500m
            deposit: 0.5akt
            address: https://provider.example.com:8443
            mode: strict_mode
            limit: 7
            words: [one, two]
            table: {a: 1, b: 2}
            inner: {deep: 5s}
            items:
              - deep: 1s
              - deep: 2s
            """);

        Assert.Empty(problems);
        Assert.Equal("rack 7", options.Name);
        Assert.True(options.On);
        Assert.Equal(3, options.Count);
        Assert.Equal(1.60m, options.Price);
        Assert.Equal(TimeSpan.FromMinutes(90), options.Timeout);
        Assert.Equal(new ByteSize(3 * ByteSize.GiB / 2), options.Room);
        Assert.Equal(new MilliCpu(500), options.Threads);
        Assert.Equal(Coin.Parse("500000uakt"), options.Deposit);
        Assert.Equal("https://provider.example.com:8443", options.Address?.OriginalString);
        Assert.Equal(Mode.StrictMode, options.Mode);
        Assert.Equal(7, options.Limit);
        Assert.Equal(["one", "two"], options.Words);
        Assert.Equal(2, options.Table["b"]);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Inner.Deep);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], options.Items.Select(item => item.Deep));
    }

    [Fact]
    public void Bind_SeveralMistakes_ReportsAllWithLineAndColumn()
    {
        var (_, problems) = Bind("""
            nmae: x
            count: three
            timeout: 30
            inner:
              deep: 5 s
              other: 1
            words: one
            count: 4
            """);

        Assert.Equal(
            [
                "test:8:1: count: is given twice",
                "test:1:1: nmae: is not an option; did you mean 'name'?",
                "test:2:8: count: 'three' is not a whole number",
                "test:3:10: timeout: '30' is not a duration with its unit: 500ms, 30s, 5m, 2h, 1d or 1h30m",
                "test:5:9: inner.deep: '5 s' is not a duration with its unit: 500ms, 30s, 5m, 2h, 1d or 1h30m",
                "test:6:3: inner.other: is not an option; known here are deep",
                "test:7:8: words: is a list: write each item on a line of its own after '- ', or all in [brackets]",
            ],
            problems.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("timeout: -5s")]
    [InlineData("timeout: 1e9d")]
    [InlineData("timeout: 99999999d")]
    [InlineData("timeout: 5x")]
    [InlineData("room: 2GiB")]
    [InlineData("room: 99999999Ti")]
    [InlineData("room: -1Gi")]
    [InlineData("room: 2147483648")]
    [InlineData("threads: 0.0001")]
    [InlineData("threads: two")]
    [InlineData("deposit: 5")]
    [InlineData("deposit: 0.5uakt")]
    [InlineData("deposit: 0.0000001akt")]
    [InlineData("deposit: 99999999999999akt")]
    [InlineData("address: provider.example.com")]
    [InlineData("mode: StrictMode")]
    [InlineData("price: 1,60")]
    [InlineData("price: NaN")]
    [InlineData("on: yes")]
    [InlineData("count: 99999999999")]
    [InlineData("count:")]
    [InlineData("inner: 5")]
    [InlineData("items: [1]")]
    public void Bind_WrongValue_IsOneProblemThatNamesTheKey(string yaml)
    {
        var (_, problems) = Bind(yaml);

        var problem = Assert.Single(problems);
        Assert.StartsWith(yaml.Split(':')[0], problem.Key, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: &x 1\nb: *x")]
    [InlineData("? &a {? *a : x}\n: y")]
    [InlineData("a: [1\nb: 2")]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("- 1")]
    [InlineData("just text")]
    public void Read_NotAnOptionsDocument_IsAProblemNotACrash(string yaml)
    {
        var (_, problems) = Bind(yaml);

        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.StartsWith("test", problem.Source, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{a: ", "}")]
    [InlineData("[", "]")]
    [InlineData("- ", "")]
    public void Read_DeepNesting_IsRefusedBeforeTheStackEnds(string open, string close)
    {
        var yaml = string.Concat(Enumerable.Repeat(open, 20_000)) + string.Concat(Enumerable.Repeat(close, 20_000));

        var (_, problems) = Bind(yaml);

        Assert.Single(problems);
    }

    [Fact]
    public void Read_TooLarge_IsRefused()
    {
        var (_, problems) = Bind("name: " + new string('x', 300 * 1024));

        Assert.Contains("larger than 256 KiB", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BidTimeout", "bid_timeout")]
    [InlineData("HostUri", "host_uri")]
    [InlineData("KeepAkt", "keep_akt")]
    [InlineData("Rest", "rest")]
    [InlineData("TLSCert", "tls_cert")]
    public void Key_OfAMember_IsItsNameInSnakeCase(string member, string key) => Assert.Equal(key, OptionNames.Key(member));

    [Theory]
    [InlineData(typeof(TimeSpan), "90m")]
    [InlineData(typeof(TimeSpan), "30s")]
    [InlineData(typeof(TimeSpan), "1d")]
    [InlineData(typeof(TimeSpan), "1500ms")]
    [InlineData(typeof(ByteSize), "2Gi")]
    [InlineData(typeof(ByteSize), "512Mi")]
    [InlineData(typeof(MilliCpu), "2")]
    [InlineData(typeof(MilliCpu), "500m")]
    [InlineData(typeof(Coin), "500000uakt")]
    [InlineData(typeof(bool), "true")]
    [InlineData(typeof(decimal), "1.60")]
    [InlineData(typeof(Mode), "strict_mode")]
    public void Write_OfAReadValue_IsTheSameText(Type type, string text)
    {
        Assert.True(ValueText.TryRead(type, text, out var value, out _));
        Assert.Equal(text, ValueText.Write(value));
    }

    private static (Sample Options, List<ConfigProblem> Problems) Bind(string yaml)
    {
        var problems = new List<ConfigProblem>();
        var options = new Sample();
        switch (YamlText.Read(yaml, "test", problems))
        {
            case ConfigNode.Map map:
                new OptionsBinder(Types, problems).Bind(map, options, "");
                break;
            case { } other:
                problems.Add(new(other.Source, "", "not a set of options"));
                break;
        }

        return (options, problems);
    }

    private enum Mode
    {
        Lax,
        StrictMode,
    }

    private sealed class Sample
    {
        public string Name { get; set; } = "";

        public bool On { get; set; }

        public int Count { get; set; }

        public decimal Price { get; set; }

        public TimeSpan Timeout { get; set; }

        public ByteSize Room { get; set; }

        public MilliCpu Threads { get; set; }

        public Coin Deposit { get; set; }

        public Uri? Address { get; set; }

        public Mode Mode { get; set; }

        public int? Limit { get; set; }

        public List<string> Words { get; set; } = [];

        public Dictionary<string, int> Table { get; set; } = [];

        public Nested Inner { get; set; } = new();

        public List<Nested> Items { get; set; } = [];
    }

    private sealed class Nested
    {
        public TimeSpan Deep { get; set; }
    }
}
