# Where alarms are to be sent.

output "topic_arn" {
  description = "The topic. It waits for its policy, without which messages are refused."
  value       = aws_sns_topic_policy.alarms.arn
}
