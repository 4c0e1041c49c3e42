using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests.Tests.Sdl;

public sealed class SdlReaderTests
{
    internal const string Minimal = """
        version: "2.0"
        services:
          web:
            image: nginx:1.27
            expose:
              - port: 80
                to:
                  - global: true
        profiles:
          compute:
            small:
              resources:
                cpu: {units: 0.5}
                memory: {size: 512Mi}
                storage: {size: 1Gi}
          placement:
            here:
              pricing:
                small: {denom: uact, amount: 1000}
        deployment:
          web:
            here: {profile: small, count: 1}

        """;

    // Find, replace with, then the one problem: line, column, path, part of the message.
    public static TheoryData<string, string, int, int, string, string> Mistakes => new()
    {
        { "version: \"2.0\"", "version: 3", 1, 10, "version", "must be \"2.0\" or \"2.1\", is the number 3" },
        { "services:\n  web:", "Services: 1\nservices:\n  web:", 2, 1, "Services", "unknown field; known here are version, include, services" },
        { "image: nginx:1.27", "image: \"\"", 4, 12, "services.web.image", "must not be empty" },
        { "image: nginx:1.27", "image: 5", 4, 12, "services.web.image", "must be text, is the number 5; put quotes around it: \"5\"" },
        { "image: nginx:1.27", "imge: nginx", 4, 5, "services.web.imge", "unknown field" },
        { "port: 80", "port: 65536", 6, 15, "services.web.expose[0].port", "must be a whole number of 1 to 65535, is the number 65536" },
        { "port: 80", "port: \"80\"", 6, 15, "services.web.expose[0].port", "remove the quotes" },
        { "port: 80", "port: 80\n        proto: SCTP", 7, 16, "services.web.expose[0].proto", "must be one of TCP, UDP, tcp, udp; is the text 'SCTP'" },
        { "port: 80", "port: 80\n        accept: [HTTP://x]", 7, 18, "services.web.expose[0].accept[0]", "must be a host name in lower case" },
        { "port: 80", "port: 80\n        http_options: {next_cases: [off, error]}", 7, 36, "services.web.expose[0].http_options.next_cases", "'off' stands alone" },
        { "port: 80", "port: 80\n        http_options: {read_timeout: 60001}", 7, 38, "services.web.expose[0].http_options.read_timeout", "0 to 60000" },
        { "- global: true", "- global: yes", 8, 21, "services.web.expose[0].to[0].global", "must be true or false, is the text 'yes'" },
        { "- global: true", "- global: true\n            ip: nope", 8, 13, "services.web.expose[0].to[0]", "there is no endpoint 'nope'; add it to endpoints with kind: ip" },
        { "image: nginx:1.27", "image: x\n    env: [1BAD=2]", 5, 11, "services.web.env[0]", "must be NAME=value" },
        { "image: nginx:1.27", "image: x\n    command: [sleep, 5]", 5, 22, "services.web.command[1]", "put quotes around it: \"5\"" },
        { "image: nginx:1.27", "image: x\n    params: {storage: {data: {mount: /d}}}", 5, 30, "services.web.params.storage.data", "there is no volume 'data'" },
        { "image: nginx:1.27", "image: x\n    params: {storage: {default: {mount: d}}}", 5, 41, "services.web.params.storage.default.mount", "absolute path" },
        { "image: nginx:1.27", "image: x\n    params: {permissions: {read: [all]}}", 5, 35, "services.web.params.permissions.read[0]", "must be one of deployment, logs, events" },
        { "image: nginx:1.27", "image: x\n    params: {tee: cpu-gpu}", 5, 13, "services.web.params", "tee: cpu-gpu needs a GPU" },
        { "image: nginx:1.27", "image: x\n    credentials: {host: h, username: u, password: 123456}", 5, 51, "services.web.credentials.password", "must be text; put quotes around it" },
        { "image: nginx:1.27", "image: x\n    credentials: {host: h, username: u}", 5, 18, "services.web.credentials", "'password' is missing" },
        { "  web:\n    image", "  Web:\n    image", 4, 5, "services.Web", "a service name is a lower-case letter" },
        { "units: 0.5", "units: 0.001", 13, 22, "profiles.compute.small.resources.cpu.units", "must be cores such as 0.5 or thousandths such as 500m, 10m to 384000m; is the number 0.001" },
        { "units: 0.5", "units: 5k", 13, 22, "profiles.compute.small.resources.cpu.units", "is the text '5k'" },
        { "units: 0.5", "units: -1", 13, 22, "profiles.compute.small.resources.cpu.units", "is the number -1" },
        { "size: 512Mi", "size: 512", 14, 24, "profiles.compute.small.resources.memory.size", "must be a size with a unit" },
        { "size: 512Mi", "size: 3Ti", 14, 24, "profiles.compute.small.resources.memory.size", "1 MiB to 2 TiB" },
        { "storage: {size: 1Gi}", "storage: []", 15, 18, "profiles.compute.small.resources.storage", "at least one volume" },
        { "storage: {size: 1Gi}", "storage: [{size: 1Gi}, {size: 1Gi}]", 15, 32, "profiles.compute.small.resources.storage[1]", "another volume called 'default'" },
        { "storage: {size: 1Gi}", "storage: {size: 1Gi, attributes: {class: beta2}}", 15, 42, "profiles.compute.small.resources.storage.attributes", "must be persistent" },
        { "storage: {size: 1Gi}", "storage: {size: 1Gi, attributes: {class: ram, persistent: true}}", 15, 42, "profiles.compute.small.resources.storage.attributes", "cannot be persistent" },
        { "storage: {size: 1Gi}", "storage: {size: 1Gi}\n        gpu: {units: 1}", 16, 14, "profiles.compute.small.resources.gpu", "must say which GPUs will do" },
        { "storage: {size: 1Gi}", "storage: {size: 1Gi}\n        gpu: {attributes: {vendor: {nvidia: }}}", 16, 14, "profiles.compute.small.resources.gpu", "has attributes but no units" },
        { "storage: {size: 1Gi}", "storage: {size: 1Gi}\n        gpu: {units: 1, attributes: {vendor: {amd: }}}", 16, 47, "profiles.compute.small.resources.gpu.attributes.vendor.amd", "unknown field" },
        { "storage: {size: 1Gi}", "storage: {size: 1Gi}\n        gpu: {units: 1, attributes: {vendor: {nvidia: [{model: t4, ram: 16}]}}}", 16, 73, "profiles.compute.small.resources.gpu.attributes.vendor.nvidia[0].ram", "such as 80Gi" },
        { "amount: 1000", "amount: 0", 19, 38, "profiles.placement.here.pricing.small.amount", "must be a decimal number above 0, at most 10000000" },
        { "amount: 1000", "amount: 1e3", 19, 38, "profiles.placement.here.pricing.small.amount", "is the number 1e3" },
        { "denom: uact", "denom: usd", 19, 24, "profiles.placement.here.pricing.small.denom", "must be one of uact, uakt" },
        { "pricing:", "attributes: {9x: a}\n      pricing:", 18, 24, "profiles.placement.here.attributes.9x", "an attribute name is a letter" },
        { "pricing:", "attributes: {zone: 007}\n      pricing:", 18, 26, "profiles.placement.here.attributes.zone", "put quotes around it: \"007\"" },
        { "profile: small", "profile: big", 22, 11, "deployment.web.here", "there is no compute profile 'big'" },
        { "small: {denom", "other: {denom", 18, 7, "profiles.placement.here", "has no price for the profile 'small'" },
        { "    here: {profile", "    there: {profile", 22, 12, "deployment.web.there", "there is no placement 'there'" },
        { "count: 1}", "count: 0}", 22, 35, "deployment.web.here.count", "must be a whole number of 1 to 2147483647" },
        { "count: 1}", "count: 2000000}", 18, 7, "profiles.placement.here", "needs cpu of 1000000000 in all, the market allows a group 19200000" },
        { "deployment:\n  web:", "deployment:\n  db:\n    here: {profile: small, count: 1}\n  web:", 22, 5, "deployment.db", "there is no service 'db'" },
        { "deployment:", "endpoints: {spare: {kind: ip}}\ndeployment:", 20, 20, "endpoints.spare", "is never used" },
        { "deployment:", "reclamation: {min_window: 0h}\ndeployment:", 20, 27, "reclamation.min_window", "above 0 followed by s, m or h" },
        { "deployment:", "reclamation: {min_window: 99999999999999h}\ndeployment:", 20, 27, "reclamation.min_window", "above 0 followed by s, m or h" },
        { "global: true", "global: false", 0, 0, "", "no provider would accept this: invalid manifest: zero global services" },
    };

    [Fact]
    public void Read_MinimalFile_IsAccepted()
    {
        var deployment = SdlReader.Read(Minimal);

        Assert.Equal("here", Assert.Single(deployment.Groups).Name);
        Assert.Equal("web", Assert.Single(deployment.Manifest.Groups[0].Services).Name);
        Assert.Equal("1000 uact/tick", deployment.Groups[0].PriceLimit.ToString());
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_OneMistake_IsNamedWithPlacePathAndFix(string find, string replace, int line, int column, string path, string message)
    {
        Assert.Contains(find, Minimal, StringComparison.Ordinal);

        var error = Assert.Throws<SdlException>(() => SdlReader.Read(Minimal.Replace(find, replace, StringComparison.Ordinal)));

        var problem = error.Problems[0];
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal((path, line, column), (problem.Path, problem.Line, problem.Column));
    }

    [Fact]
    public void Read_SeveralMistakes_AreAllNamed()
    {
        var sdl = Minimal.Replace("port: 80", "port: x", StringComparison.Ordinal).Replace("size: 1Gi", "size: x", StringComparison.Ordinal).Replace("count: 1", "count: x", StringComparison.Ordinal);

        var error = Assert.Throws<SdlException>(() => SdlReader.Read(sdl));

        Assert.Equal(["services.web.expose[0].port", "profiles.compute.small.resources.storage.size", "deployment.web.here.count"], error.Problems.Select(problem => problem.Path).Order(StringComparer.Ordinal).Reverse());
        Assert.Contains("line 6, column 15: services.web.expose[0].port: must be", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyMistakes_StopsNamingThemAtFifty()
    {
        var extra = string.Concat(Enumerable.Range(0, 1000).Select(i => $"unknown{i}: 1\n"));

        Assert.Equal(50, Assert.Throws<SdlException>(() => SdlReader.Read(Minimal + extra)).Problems.Count);
    }

    [Fact]
    public void Read_AliasesAndMergeKeys_AreWrittenOut()
    {
        const string Shared = """
            version: "2.1"
            services:
              a: &service
                image: nginx
                expose: [{port: 80, to: [{global: true}]}]
              b:
                <<: *service
                image: httpd
            profiles:
              compute: {small: {resources: {cpu: {units: 1}, memory: {size: &size 1Gi}, storage: {size: *size}}}}
              placement: {here: {pricing: {small: {denom: uact, amount: 1}}}}
            deployment:
              a: &where {here: {profile: small, count: 1}}
              b: *where
            """;

        var deployment = SdlReader.Read(Shared);

        Assert.Equal(["nginx", "httpd"], deployment.Manifest.Groups[0].Services.Select(service => service.Image));
        var unit = Assert.Single(deployment.Groups[0].Units);
        Assert.Equal((2, ByteSize.GiB, 2), (unit.Count, unit.Resources.Memory.Bytes, unit.Resources.Endpoints.Count));
    }

    [Theory]
    [InlineData("0.5", 500)]
    [InlineData("\"0.5\"", 500)]
    [InlineData("500m", 500)]
    [InlineData("2", 2000)]
    [InlineData("4.06", 4060)] // 4059.9999999999995 in binary
    [InlineData("0.1239", 123)]
    [InlineData("10.9m", 10)]
    [InlineData(".25", 250)]
    [InlineData("384", 384_000)]
    public void Read_CpuUnits_AreThousandthsRoundedDown(string units, long expected) =>
        Assert.Equal(expected, Unit("units: 0.5", $"units: {units}").Cpu.Value);

    [Theory]
    [InlineData("512Mi", 536_870_912)]
    [InlineData("1.5Gi", 1_610_612_736)]
    [InlineData("1G", 1_000_000_000)]
    [InlineData("2000000k", 2_000_000_000)]
    [InlineData("0.0000051g", 5_100, false)]
    [InlineData("1.1gi", 1_181_116_007)] // rounded up
    [InlineData("0.5ti", 549_755_813_888)]
    public void Read_Sizes_AreBytesRoundedUp(string size, long expected, bool isLargeEnough = true)
    {
        if (isLargeEnough) Assert.Equal(expected, Unit("size: 512Mi", $"size: {size}").Memory.Bytes);
        else Assert.Throws<SdlException>(() => Unit("size: 512Mi", $"size: {size}"));
    }

    [Theory]
    [InlineData("_z", "-a")]
    [InlineData("a_b", "a-b")]
    [InlineData("a-b", "a.b")]
    [InlineData("a.b", "a/b")]
    [InlineData("a/b", "a1b")]
    [InlineData("a9", "aa")]
    [InlineData("alpha", "Zone")]
    [InlineData("Alpha", "beta")]
    [InlineData("zone", "Zone")]
    [InlineData("zonE", "Zone")]
    [InlineData("ab", "abc")]
    public void Compare_AttributeNames_FollowsTheMarketsTool(string first, string second)
    {
        Assert.True(AttributeKeys.Compare(first, second) < 0);
        Assert.True(AttributeKeys.Compare(second, first) > 0);
        Assert.Equal(0, AttributeKeys.Compare(first, first));
    }

    private static Resources Unit(string find, string replace) => SdlReader.Read(Minimal.Replace(find, replace, StringComparison.Ordinal)).Groups[0].Units[0].Resources;
}
