using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BlazorChat.Mail;

/// <summary>Registers e-mail.</summary>
public static class MailSetup
{
    /// <summary>Adds the mail server of the settings' section <c>Smtp</c>; without one, e-mail is off.</summary>
    /// <exception cref="InvalidOperationException">The settings could never work; the message says which.</exception>
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(SmtpOptions.Read(configuration.GetSection("Smtp")))
            .AddSingleton<MailHealth>()
            .AddSingleton<IEmailSender, SmtpSender>()
            .AddSingleton(provider => new EmailLinks(
                configuration["Chat:BaseUrl"], provider.GetRequiredService<IEmailSender>(), provider.GetRequiredService<ILogger<EmailLinks>>()));
    }
}
