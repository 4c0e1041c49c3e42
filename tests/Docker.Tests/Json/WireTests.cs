using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Docker.Tests.Json;

/// <summary>The engine ignores members that it does not know, so a misspelt limit would simply not be there: every name is pinned here.</summary>
public sealed class WireTests
{
    [Fact]
    public void CreateContainer_EveryMember_HasTheEnginesName()
    {
        var parameters = new CreateContainerParameters
        {
            Name = "not in the body",
            Hostname = "h",
            Domainname = "d",
            User = "1000",
            ExposedPorts = new Dictionary<string, EmptyStruct> { ["80/tcp"] = new() },
            Env = ["A=1"],
            Cmd = ["c"],
            Entrypoint = ["e"],
            Healthcheck = new HealthConfig { Test = ["NONE"], Interval = TimeSpan.FromSeconds(1) },
            Image = "i",
            WorkingDir = "/w",
            Labels = new Dictionary<string, string> { ["l"] = "v" },
            StopSignal = "SIGTERM",
            StopTimeout = TimeSpan.FromSeconds(5),
            HostConfig = new HostConfig
            {
                Memory = 1,
                MemorySwap = 2,
                MemoryReservation = 3,
                NanoCPUs = 4,
                CPUShares = 5,
                CPUPeriod = 6,
                CPUQuota = 7,
                CpusetCpus = "0",
                CpusetMems = "0",
                CgroupParent = "/p",
                BlkioWeight = 8,
                Devices = [new DeviceMapping { PathOnHost = "/a", PathInContainer = "/b", CgroupPermissions = "r" }],
                DeviceRequests = [new DeviceRequest { Driver = "nvidia", DeviceIDs = ["GPU-1"], Capabilities = [["gpu"]] }],
                OomKillDisable = false,
                PidsLimit = 9,
                Ulimits = [new Ulimit { Name = "nofile", Soft = 1, Hard = 2 }],
                LogConfig = new LogConfig { Type = "json-file", Config = new Dictionary<string, string> { ["max-size"] = "1m" } },
                NetworkMode = "n",
                PortBindings = new Dictionary<string, IList<PortBinding>?> { ["80/tcp"] = [new PortBinding { HostIP = "127.0.0.1", HostPort = "1" }] },
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.OnFailure, MaximumRetryCount = 2 },
                Annotations = new Dictionary<string, string>(),
                CapAdd = ["CHOWN"],
                CapDrop = ["ALL"],
                CgroupnsMode = "private",
                DNS = ["1.1.1.1"],
                DNSOptions = ["o"],
                DNSSearch = ["s"],
                ExtraHosts = ["a:1"],
                GroupAdd = ["g"],
                IpcMode = "none",
                PidMode = "p",
                ReadonlyRootfs = true,
                SecurityOpt = ["no-new-privileges:true"],
                StorageOpt = new Dictionary<string, string> { ["size"] = "1G" },
                Tmpfs = new Dictionary<string, string> { ["/tmp"] = "size=1m" },
                UTSMode = "u",
                UsernsMode = "n",
                ShmSize = 10,
                Sysctls = new Dictionary<string, string>(),
                Runtime = "runc",
                Mounts =
                [
                    new Mount
                    {
                        Type = "volume",
                        Source = "v",
                        Target = "/t",
                        ReadOnly = true,
                        VolumeOptions = new VolumeOptions { NoCopy = true },
                        TmpfsOptions = new TmpfsOptions { SizeBytes = 1, Mode = 511 },
                        BindOptions = new BindOptions { Propagation = "private" },
                    },
                ],
                MaskedPaths = ["/m"],
                ReadonlyPaths = ["/r"],
                Init = true,
            },
            NetworkingConfig = new NetworkingConfig
            {
                EndpointsConfig = new Dictionary<string, EndpointSettings>
                {
                    ["n"] = new() { Aliases = ["web"], IPAMConfig = new EndpointIPAMConfig { IPv4Address = "10.0.0.2" } },
                },
            },
        };

        var expected = JsonNode.Parse("""
            {
              "HostConfig": {
                "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}}, "NetworkMode": "n",
                "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "1"}]}, "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2},
                "AutoRemove": false, "Annotations": {}, "CapAdd": ["CHOWN"], "CapDrop": ["ALL"], "CgroupnsMode": "private", "Dns": ["1.1.1.1"],
                "DnsOptions": ["o"], "DnsSearch": ["s"], "ExtraHosts": ["a:1"], "GroupAdd": ["g"], "IpcMode": "none", "OomScoreAdj": 0, "PidMode": "p",
                "Privileged": false, "PublishAllPorts": false, "ReadonlyRootfs": true, "SecurityOpt": ["no-new-privileges:true"], "StorageOpt": {"size": "1G"},
                "Tmpfs": {"/tmp": "size=1m"}, "UTSMode": "u", "UsernsMode": "n", "ShmSize": 10, "Sysctls": {}, "Runtime": "runc",
                "Mounts": [{"Type": "volume", "Source": "v", "Target": "/t", "ReadOnly": true, "BindOptions": {"Propagation": "private", "NonRecursive": false},
                  "VolumeOptions": {"NoCopy": true}, "TmpfsOptions": {"SizeBytes": 1, "Mode": 511}}],
                "MaskedPaths": ["/m"], "ReadonlyPaths": ["/r"], "Init": true,
                "CpuShares": 5, "Memory": 1, "MemorySwap": 2, "MemoryReservation": 3, "NanoCpus": 4, "CpuPeriod": 6, "CpuQuota": 7,
                "CpusetCpus": "0", "CpusetMems": "0",
                "CgroupParent": "/p", "BlkioWeight": 8, "Devices": [{"PathOnHost": "/a", "PathInContainer": "/b", "CgroupPermissions": "r"}],
                "DeviceRequests": [{"Driver": "nvidia", "Count": 0, "DeviceIDs": ["GPU-1"], "Capabilities": [["gpu"]]}],
                "OomKillDisable": false, "PidsLimit": 9, "Ulimits": [{"Name": "nofile", "Hard": 2, "Soft": 1}]
              },
              "NetworkingConfig": {"EndpointsConfig": {"n": {"IPAMConfig": {"IPv4Address": "10.0.0.2"}, "Aliases": ["web"], "IPPrefixLen": 0,
                  "GlobalIPv6PrefixLen": 0}}},
              "Hostname": "h", "Domainname": "d", "User": "1000", "AttachStdin": false, "AttachStdout": false, "AttachStderr": false,
              "ExposedPorts": {"80/tcp": {}}, "Tty": false, "OpenStdin": false, "StdinOnce": false, "Env": ["A=1"], "Cmd": ["c"],
              "Healthcheck": {"Test": ["NONE"], "Interval": 1000000000, "Timeout": 0, "StartPeriod": 0, "Retries": 0},
              "Image": "i", "WorkingDir": "/w", "Entrypoint": ["e"], "NetworkDisabled": false, "Labels": {"l": "v"}, "StopSignal": "SIGTERM", "StopTimeout": 5
            }
            """);
        var actual = JsonNode.Parse(JsonSerializer.Serialize(parameters, DockerJson.Type<CreateContainerParameters>()));
        Assert.True(JsonNode.DeepEquals(expected, actual), actual?.ToJsonString());
    }

    [Fact]
    public void CreateContainer_FromConfig_TakesEveryMember()
    {
        var config = new Config
        {
            Hostname = "h",
            Domainname = "d",
            User = "u",
            AttachStdin = true,
            AttachStdout = true,
            AttachStderr = true,
            ExposedPorts = new Dictionary<string, EmptyStruct>(),
            Tty = true,
            OpenStdin = true,
            StdinOnce = true,
            Env = [],
            Cmd = [],
            Healthcheck = new HealthConfig(),
            Image = "i",
            Volumes = new Dictionary<string, EmptyStruct>(),
            WorkingDir = "w",
            Entrypoint = [],
            NetworkDisabled = true,
            Labels = new Dictionary<string, string>(),
            StopSignal = "s",
            StopTimeout = TimeSpan.FromSeconds(1),
        };

        var copy = new CreateContainerParameters(config);

        Assert.All(typeof(Config).GetProperties(), property =>
        {
            Assert.NotEqual(property.GetValue(new Config()), property.GetValue(config)); // the test itself forgets none
            Assert.Equal(property.GetValue(config), property.GetValue(copy));
        });
    }

    [Fact]
    public async Task Read_NullsOfTheEngine_KeepEmptyDefaults()
    {
        var container = await ReadAsync<ContainerInspectResponse>("""
            {"Id":"a","Created":"2026-11-22T06:22:32.736146051Z","Args":null,"ExecIDs":null,"Mounts":null,"GraphDriver":null,
             "State":{"Status":"exited","Error":null,"StartedAt":"2026-11-22T06:22:32.736146051Z"},
             "HostConfig":{"RestartPolicy":{"Name":""},"CapDrop":null,"PortBindings":{"80/tcp":null}},
             "Config":{"StopTimeout":7,"Env":null,"Healthcheck":{"Test":["NONE"],"Interval":30000000000}},
             "NetworkSettings":{"Ports":{"80/tcp":null},"Networks":null}}
            """);

        Assert.Empty(container.Args);
        Assert.Empty(container.ExecIDs);
        Assert.Empty(container.Mounts);
        Assert.Empty(container.NetworkSettings.Networks);
        Assert.Null(container.NetworkSettings.Ports["80/tcp"]);
        Assert.Null(container.GraphDriver);
        Assert.Null(container.HostConfig.CapDrop);
        Assert.Equal("", container.State.Error);
        Assert.Equal(RestartPolicyKind.Undefined, container.HostConfig.RestartPolicy?.Name);
        Assert.Equal(TimeSpan.FromSeconds(7), container.Config.StopTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), container.Config.Healthcheck?.Interval);
        Assert.Equal(new DateTime(2026, 11, 22, 6, 22, 32, DateTimeKind.Utc), container.Created.Date + new TimeSpan(6, 22, 32));
    }

    [Theory]
    [InlineData("""{"Volumes":null,"Warnings":null}""", true)] // none
    [InlineData("""{"Warnings":null}""", false)] // not known, which is not none
    public async Task Read_VolumeList_TellsNoneFromUnknown(string json, bool none)
    {
        if (none) Assert.Empty((await ReadAsync<VolumesListResponse>(json)).Volumes);
        else await Assert.ThrowsAsync<JsonException>(() => ReadAsync<VolumesListResponse>(json));
    }

    [Fact]
    public async Task Read_InfoWithoutALimit_IsNotAnAnswer() =>
        await Assert.ThrowsAsync<JsonException>(() => ReadAsync<SystemInfoResponse>("""{"ID":"a","MemoryLimit":true,"SwapLimit":true,"CpuCfsQuota":true}"""));

    [Theory]
    [InlineData("""{"Running":true,"ExitCode":null,"Pid":5}""", null)]
    [InlineData("""{"Running":false,"ExitCode":0,"Pid":0}""", 0L)]
    public async Task Read_Exec_TellsNoExitCodeFromZero(string json, long? exitCode) =>
        Assert.Equal(exitCode, (await ReadAsync<ContainerExecInspectResponse>(json)).ExitCode);

    [Theory]
    [InlineData(RestartPolicyKind.No, "no")]
    [InlineData(RestartPolicyKind.Always, "always")]
    [InlineData(RestartPolicyKind.OnFailure, "on-failure")]
    [InlineData(RestartPolicyKind.UnlessStopped, "unless-stopped")]
    [InlineData(RestartPolicyKind.Undefined, "")]
    public async Task RestartPolicy_EveryKind_GoesBothWays(RestartPolicyKind kind, string text)
    {
        var json = $$$"""{"RestartPolicy":{"Name":"{{{text}}}","MaximumRetryCount":0}}""";
        var parameters = new ContainerUpdateParameters { RestartPolicy = new RestartPolicy { Name = kind } };

        Assert.Contains(json[1..^1], JsonSerializer.Serialize(parameters, DockerJson.Type<ContainerUpdateParameters>()), StringComparison.Ordinal);
        Assert.Equal(kind, (await ReadAsync<ContainerUpdateParameters>(json)).RestartPolicy?.Name);
    }

    [Theory]
    [InlineData("""{"RestartPolicy":{"Name":"sometimes"}}""")]
    [InlineData("""{"RestartPolicy":{"Name":5}}""")]
    public async Task RestartPolicy_Unknown_IsNoAnswer(string json) =>
        await Assert.ThrowsAnyAsync<JsonException>(() => ReadAsync<ContainerUpdateParameters>(json));

    [Theory]
    [InlineData("""{"StopTimeout":"5"}""")]
    [InlineData("""{"StopTimeout":5.5}""")]
    public async Task Durations_OfAnotherType_AreNoAnswer(string json) =>
        await Assert.ThrowsAnyAsync<JsonException>(() => ReadAsync<CreateContainerParameters>(json));

    [Theory]
    [InlineData("-62135596800", 1)]
    [InlineData("-9223372036854775808", 1)]
    [InlineData("9223372036854775807", 9999)]
    [InlineData("253402300799", 9999)]
    public async Task Read_ImagesWithAbsurdTimes_DoNotHideTheOthers(string created, int year)
    {
        var images = await ReadAsync<IList<ImagesListResponse>>($$"""[{"Id":"hostile","Created":{{created}}},{"Id":"other","Created":0}]""");

        Assert.Equal(["hostile", "other"], images.Select(image => image.ID));
        Assert.Equal(year, images[0].Created.Year);
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    public async Task Read_ImageWithAbsurdDurations_IsRead(string number)
    {
        var image = await ReadAsync<ImageInspectResponse>(
            $$"""{"Id":"hostile","Config":{"StopTimeout":{{number}}, "Healthcheck":{"Interval":{{number}} } } }""");

        Assert.Equal("hostile", image.ID);
    }

    [Fact]
    public void RegistryAuth_Header_IsUrlSafeAndPadded()
    {
        var header = RegistryAuth.Encode(new AuthConfig { Username = "u", Password = "???>>>~~~", ServerAddress = "r" });

        Assert.Matches("^[A-Za-z0-9_-]+=*$", header);
        Assert.Equal(0, header.Length % 4);
        Assert.Contains(header, c => c is '-' or '_');
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(header.Replace('-', '+').Replace('_', '/')));
        Assert.Equal("???>>>~~~", (string?)JsonNode.Parse(json)?["password"]);
    }

    private static Task<T> ReadAsync<T>(string json) => DockerJson.ReadAsync<T>(new MemoryStream(Encoding.UTF8.GetBytes(json)), default);
}
