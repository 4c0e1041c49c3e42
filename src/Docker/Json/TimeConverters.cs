using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProviderAgent.Docker;

/// <summary>Durations that the engine writes as whole seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Durations.From(reader.GetInt64(), TimeSpan.TicksPerSecond);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Ticks / TimeSpan.TicksPerSecond);
}

/// <summary>Durations that the engine writes as whole nanoseconds.</summary>
internal sealed class NanosecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetInt64() / TimeSpan.NanosecondsPerTick);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(checked(value.Ticks * TimeSpan.NanosecondsPerTick));
}

/// <summary>Times that the engine writes as seconds since 1970.</summary>
internal sealed class UnixSecondsConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var seconds = reader.GetInt64();
        return seconds is >= 0 and <= 253_402_300_799 // the last second of the year 9999
            ? DateTime.UnixEpoch.AddSeconds(seconds)
            : throw new JsonException("a time is out of range");
    }

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(new DateTimeOffset(value, TimeSpan.Zero).ToUnixTimeSeconds());
}

internal static class Durations
{
    /// <exception cref="JsonException">Longer than a <see cref="TimeSpan"/> can be.</exception>
    public static TimeSpan From(long count, long ticksPerUnit) =>
        Math.Abs((double)count * ticksPerUnit) <= long.MaxValue / 2 ? new TimeSpan(count * ticksPerUnit) : throw new JsonException("a duration is out of range");
}
